/** The outages of a component, the newest first, each with its phases as far as anybody told them. */
import type { OutageDetails } from '../../wire/facts.ts'
import { lengthText } from '../text/numbers.ts'
import { When } from '../widgets/instant.tsx'

const words: Readonly<Record<string, string>> = {
  detected: 'detected',
  acknowledged: 'acknowledged',
  diagnosed: 'diagnosed',
  repairStarted: 'repair begun',
  repaired: 'repaired',
  restored: 'restored',
  resolved: 'resolved',
}

interface Properties {
  readonly name: string
  readonly outages: readonly OutageDetails[]
  readonly now: number
}

export function Outages({ name, outages, now }: Properties) {
  if (outages.length === 0) return <p class="soft">No outage in 90 days.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section class="wide" tabIndex={0} aria-label={`Outages of ${name}`}>
      <table class="rows">
        <caption class="unseen">Outages of {name}, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Ended</th>
            <th scope="col" class="number">
              Down
            </th>
            <th scope="col">Phases, from its beginning</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {outages.map((outage) => (
            <tr key={outage.start}>
              <td>
                {outage.startCensored && <span class="soft">before </span>}
                <When at={outage.start} now={now} />
              </td>
              <td>
                {outage.end === null ? <strong class="bad">still open</strong> : <When at={outage.end} now={now} />}
              </td>
              <td class="number">{lengthText(outage.net)}</td>
              <td>
                <Phases outage={outage} />
              </td>
              <td>{outage.reason ?? <span class="soft">not said</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Phases({ outage: { start, phases } }: { readonly outage: OutageDetails }) {
  if (phases.length === 0) return <span class="soft">not told</span>
  return (
    <ol class="phases">
      {phases.map(([phase, at]) => (
        <li key={phase}>
          {words[phase] ?? phase} <span class="soft">+{lengthText(Math.max(0, at - start))}</span>
        </li>
      ))}
    </ol>
  )
}
