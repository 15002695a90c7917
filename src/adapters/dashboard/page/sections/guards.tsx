/** The policies that guard members of pools, apart from breakers and pools, which have sections of their own. */
import type { PageState } from '../live/page-state.ts'
import { locationText } from '../text/location.ts'
import { Numbers } from '../widgets/numbers.tsx'
import { Panel } from '../widgets/panel.tsx'

export function Guards({ page }: { readonly page: PageState }) {
  const guards = page.of('numbers').filter(([, { pool }]) => pool !== null)
  if (guards.length === 0) return null
  return (
    <Panel id="guards" title="Other guards">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="wide" tabIndex={0} aria-label="Table of other guards">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Policy</th>
              <th scope="col">Kind</th>
              <th scope="col">Numbers</th>
            </tr>
          </thead>
          <tbody>
            {guards.map(([id, fact]) => (
              <tr key={id} data-guard={fact.name}>
                <th scope="row">
                  {fact.name} <span class="soft">in {locationText(fact)}</span>
                </th>
                <td>{fact.policyKind}</td>
                <td>
                  <Numbers fact={fact} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}
