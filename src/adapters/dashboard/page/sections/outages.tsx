/** The outages of a component, newest first, each with its known phases. */
import type { OutageDetails } from '../../wire/details.ts'
import { lengthText } from '../text/numbers.ts'
import { Instant } from '../widgets/instant.tsx'

const phaseTexts: Readonly<Record<string, string>> = {
  detected: 'detected',
  acknowledged: 'acknowledged',
  diagnosed: 'diagnosed',
  repairStarted: 'repair started',
  repaired: 'repaired',
  restored: 'restored',
  resolved: 'resolved',
}

interface OutagesProps {
  readonly name: string
  readonly outages: readonly OutageDetails[]
  readonly now: number
}

export function Outages({ name, outages, now }: OutagesProps) {
  if (outages.length === 0) return <p class="soft">No outage in 90 days.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="wide" tabIndex={0} aria-label={`Outages of ${name}`}>
      <table class="rows">
        <caption class="unseen">Outages of {name}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Ended</th>
            <th scope="col" class="number">
              Down
            </th>
            <th scope="col">Phases, from the start</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {outages.map((outage) => (
            <tr key={outage.start}>
              <td>
                {outage.startCensored && <span class="soft">before </span>}
                <Instant at={outage.start} now={now} />
              </td>
              <td>
                {outage.end === null ? <strong class="bad">still open</strong> : <Instant at={outage.end} now={now} />}
              </td>
              <td class="number">{lengthText(outage.net)}</td>
              <td>
                <Phases outage={outage} />
              </td>
              <td>{outage.reason ?? <span class="soft">none given</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Phases({ outage: { start, phases } }: { readonly outage: OutageDetails }) {
  if (phases.length === 0) return <span class="soft">none reported</span>
  return (
    <ol class="phases">
      {phases.map(([phase, at]) => (
        <li key={phase}>
          {phaseTexts[phase] ?? phase} <span class="soft">+{lengthText(Math.max(0, at - start))}</span>
        </li>
      ))}
    </ol>
  )
}
