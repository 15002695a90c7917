/** Calls and attempts per second, and the calls that each policy saved. */
import { useMemo, useState } from 'preact/hooks'
import type { CallCounts } from '../../wire/facts.ts'
import { type ChartLine, LineChart } from '../charts/line-chart.tsx'
import type { PageState } from '../live/page-state.ts'
import { type CallRates, noCalls, ratesOf, savedIn, sumOf } from '../live/rates.ts'
import { countText, percentText, rateText } from '../text/numbers.ts'
import { Panel } from '../widgets/panel.tsx'

const chartLines: readonly ChartLine[] = [
  { label: 'calls', colour: 'accent', fill: true, format: rateText },
  { label: 'attempts', colour: 'soft', dash: [4, 3], format: rateText },
  { label: 'saved', colour: 'good', format: rateText },
  { label: 'failed', colour: 'bad', format: rateText },
]

const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

type ChartData = readonly [readonly number[], ...(readonly (number | null)[])[]]

function dataOf(rates: readonly CallRates[]): ChartData {
  const column = (of: (rate: CallRates) => number | null) => rates.map(of)
  return [
    rates.map(({ at }) => at),
    column(({ calls }) => calls),
    column(({ attempts }) => attempts),
    column(({ saved }) => saved),
    column(({ failed }) => failed),
  ]
}

const all = ''

export function Calls({ page }: { readonly page: PageState }) {
  const [policy, choose] = useState(all)
  const facts = page.of('calls').map(([, fact]) => fact)
  const chosen = facts.some((fact) => fact.policy === policy) ? policy : undefined
  const { samples } = page
  const rates = useMemo(() => ratesOf(samples, chosen), [samples, chosen])
  const data = useMemo(() => dataOf(rates), [rates])
  if (facts.length === 0) return null
  const counts = facts
    .filter((fact) => chosen === undefined || fact.policy === chosen)
    .reduce<CallCounts>(sumOf, noCalls)
  const now = rates.at(-1)
  const nowText = now === undefined ? 'none yet' : ratesText(now)
  return (
    <Panel
      id="calls"
      title="Calls"
      aside={<PolicyChoice names={facts.map((fact) => fact.policy)} {...{ policy, choose }} />}
    >
      <div class="calls">
        <LineChart
          label={`Calls of the last 15 minutes. Now ${nowText}.`}
          height={210}
          times={times}
          lines={chartLines}
          data={data}
          range={(_least, most) => [0, Math.max(1, most * 1.08)]}
        />
        <Saved counts={counts} />
      </div>
    </Panel>
  )
}

function ratesText({ calls, attempts, saved, failed }: CallRates): string {
  return `${rateText(calls)} calls, ${rateText(attempts)} attempts, ${rateText(saved)} saved, ${rateText(failed)} failed`
}

interface PolicyChoiceProps {
  readonly names: readonly string[]
  readonly policy: string
  readonly choose: (name: string) => void
}

function PolicyChoice({ names, policy, choose }: PolicyChoiceProps) {
  if (names.length < 2) return null
  return (
    <label>
      <span class="soft">of </span>
      <select value={policy} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value={all}>all policies</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** How calls ended, and which policies saved those that failed at first. */
function Saved({ counts }: { readonly counts: CallCounts }) {
  const counted = counts.success + counts.failure
  const rows: readonly (readonly [name: string, count: number, tone: string])[] = [
    ['good at the first attempt', counts.first, 'good'],
    ...Object.entries(counts.saved)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => [`saved by ${name}`, count, 'accent'] as const),
    ['failed', counts.failure, 'bad'],
  ]
  return (
    <div class="saved">
      <table>
        <caption>
          {countText(counted)} calls, {countText(counts.attempts)} attempts, {countText(savedIn(counts))} saved
          {counts.ignored > 0 && `, ${countText(counts.ignored)} cancelled by their callers`}
        </caption>
        <tbody>
          {rows.map(([name, count, tone]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{countText(count)}</td>
              <td class="number soft">{percentText(counted === 0 ? null : count / counted)}</td>
              <td class="share">
                <span
                  class={`share-bar ${tone}`}
                  style={{ width: `${counted === 0 ? 0 : (count / counted) * 100}%` }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
