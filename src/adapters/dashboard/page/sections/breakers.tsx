/** Circuit breakers. */
import type { BreakerFact } from '../../wire/facts.ts'
import type { ControlAction, Hello } from '../../wire/messages.ts'
import type { PageState } from '../live/page-state.ts'
import { locationText } from '../text/location.ts'
import { countText } from '../text/numbers.ts'
import { Controls } from '../widgets/controls.tsx'
import { Instant } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { PureComponent } from '../widgets/pure-component.ts'

export function Breakers({ page }: { readonly page: PageState }) {
  const breakers = page.of('breaker')
  if (breakers.length === 0) return null
  const controlled = (page.hello?.controls.length ?? 0) > 0
  return (
    <Panel id="breakers" title="Circuit breakers">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="wide" tabIndex={0} aria-label="Table of circuit breakers">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Breaker</th>
              <th scope="col">State</th>
              <th scope="col">Since</th>
              <th scope="col" class="number">
                Openings
              </th>
              <th scope="col" class="number">
                Rejected calls
              </th>
              {controlled && <th scope="col">Control</th>}
            </tr>
          </thead>
          <tbody>
            {breakers.map(([id, fact]) => (
              <BreakerRow key={id} id={id} fact={fact} hello={page.hello} minute={Math.floor(page.at / 60_000)} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

interface BreakerRowProps {
  readonly id: string
  readonly fact: BreakerFact
  readonly hello: Hello | undefined
  readonly minute: number
}

class BreakerRow extends PureComponent<BreakerRowProps> {
  render() {
    const { id, fact, hello, minute } = this.props
    const { name, state, since, openings, rejections } = fact
    return (
      <tr data-breaker={name}>
        <th scope="row">
          {name} <span class="soft">in {locationText(fact)}</span>
        </th>
        <td>
          <Mark state={state} />
        </td>
        <td>
          <Instant at={since} now={minute * 60_000} />
        </td>
        <td class="number">{countText(openings)}</td>
        <td class="number">{countText(rejections)}</td>
        {(hello?.controls.length ?? 0) > 0 && (
          <td>
            <Controls id={id} name={name} actions={actionsFor(fact)} hello={hello} />
          </td>
        )}
      </tr>
    )
  }
}

function actionsFor({ state, isolatedHere }: BreakerFact): readonly ControlAction[] {
  if (isolatedHere) return ['release']
  return state === 'open' || state === 'half-open' ? ['isolate', 'reset'] : ['isolate']
}
