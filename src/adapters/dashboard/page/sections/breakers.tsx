/** Circuit breakers. */
import type { BreakerFact, ControlAction, Hello } from '../../wire/facts.ts'
import type { Board } from '../live/page-state.ts'
import { withinText } from '../text/location.ts'
import { countText } from '../text/numbers.ts'
import { Controls } from '../widgets/controls.tsx'
import { When } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { Steady } from '../widgets/pure-component.ts'

export function Breakers({ board }: { readonly board: Board }) {
  const breakers = board.of('breaker')
  if (breakers.length === 0) return null
  const controlled = (board.hello?.controls.length ?? 0) > 0
  return (
    <Panel id="breakers" title="Circuit breakers">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <section class="wide" tabIndex={0} aria-label="Circuit breakers, a row each">
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
                Refused calls
              </th>
              {controlled && <th scope="col">Control</th>}
            </tr>
          </thead>
          <tbody>
            {breakers.map(([id, fact]) => (
              <BreakerRow key={id} id={id} fact={fact} hello={board.hello} minute={Math.floor(board.at / 60_000)} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

interface RowProperties {
  readonly id: string
  readonly fact: BreakerFact
  readonly hello: Hello | undefined
  readonly minute: number
}

class BreakerRow extends Steady<RowProperties> {
  render() {
    const { id, fact, hello, minute } = this.props
    const { name, state, since, openings, rejections } = fact
    return (
      <tr data-breaker={name}>
        <th scope="row">
          {name} <span class="soft">in {withinText(fact)}</span>
        </th>
        <td>
          <Mark state={state} />
        </td>
        <td>
          <When at={since} now={minute * 60_000} />
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

function actionsFor({ state, held }: BreakerFact): readonly ControlAction[] {
  if (held) return ['release']
  return state === 'open' || state === 'half-open' ? ['isolate', 'reset'] : ['isolate']
}
