/** Calls and attempts a second, and what each policy saved. */
import { useMemo, useState } from 'preact/hooks'
import type { CallCounts } from '../../wire/facts.ts'
import { type Line, LineChart } from '../charts/line-chart.tsx'
import type { Board } from '../live/page-state.ts'
import { none, type Rate, ratesOf, savedIn, sumOf } from '../live/rates.ts'
import { countText, percentText, rateText } from '../text/numbers.ts'
import { Panel } from '../widgets/panel.tsx'

const lines: readonly Line[] = [
  { label: 'calls', colour: 'accent', fill: true, format: rateText },
  { label: 'attempts', colour: 'soft', dash: [4, 3], format: rateText },
  { label: 'saved', colour: 'good', format: rateText },
  { label: 'failed', colour: 'bad', format: rateText },
]

const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

type Data = readonly [readonly number[], ...(readonly (number | null)[])[]]

function dataOf(rates: readonly Rate[]): Data {
  const column = (of: (rate: Rate) => number | null) => rates.map(of)
  return [
    rates.map(({ at }) => at),
    column(({ calls }) => calls),
    column(({ attempts }) => attempts),
    column(({ saved }) => saved),
    column(({ failed }) => failed),
  ]
}

const all = ''

export function Calls({ board }: { readonly board: Board }) {
  const [policy, choose] = useState(all)
  const facts = board.of('calls').map(([, fact]) => fact)
  const chosen = facts.some((fact) => fact.policy === policy) ? policy : undefined
  const { past } = board
  const rates = useMemo(() => ratesOf(past, chosen), [past, chosen])
  const data = useMemo(() => dataOf(rates), [rates])
  if (facts.length === 0) return null
  const counts = facts.filter((fact) => chosen === undefined || fact.policy === chosen).reduce<CallCounts>(sumOf, none)
  const now = rates.at(-1)
  const said = now === undefined ? 'none yet' : lineText(now)
  return (
    <Panel id="calls" title="Calls" aside={<Choice names={facts.map((fact) => fact.policy)} {...{ policy, choose }} />}>
      <div class="calls">
        <LineChart
          label={`Calls of the last 15 minutes. Now ${said}.`}
          height={210}
          times={times}
          lines={lines}
          data={data}
          range={(_least, most) => [0, Math.max(1, most * 1.08)]}
        />
        <Saved counts={counts} />
      </div>
    </Panel>
  )
}

function lineText({ calls, attempts, saved, failed }: Rate): string {
  return `${rateText(calls)} calls, ${rateText(attempts)} attempts, ${rateText(saved)} saved, ${rateText(failed)} failed`
}

interface ChoiceProperties {
  readonly names: readonly string[]
  readonly policy: string
  readonly choose: (name: string) => void
}

function Choice({ names, policy, choose }: ChoiceProperties) {
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

/** How calls ended, and by whom those that failed at first were made good. */
function Saved({ counts }: { readonly counts: CallCounts }) {
  const counted = counts.success + counts.failure
  const rows: readonly (readonly [name: string, count: number, tone: string])[] = [
    ['good at the first try', counts.first, 'good'],
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
          {counts.ignored > 0 && `, ${countText(counts.ignored)} given up by their callers`}
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
