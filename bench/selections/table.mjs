/** The table of selections, as Markdown. */

/** A queue that grows for as long as calls come: there is no quantile, only a length of the run. */
const unbounded = 2000

const ms = (value) => (value > unbounded ? 'grows' : value.toFixed(value < 10 ? 1 : 0))
const percent = (share) => {
  const value = 100 * share
  return `${value === 0 || value >= 9.95 ? value.toFixed(0) : value < 0.1 ? '< 0.1' : value.toFixed(1)} %`
}
const shareOfFirst = ({ members }) => percent(members.m0.share)
const errors = ({ calls, failed }) => percent(failed / calls)

const columns = [
  ['all equal: p50 / p99', ['all equal'], ({ latency }) => `${ms(latency.p50)} / ${ms(latency.p99)}`],
  ['one slow: p99, its share', ['one slow'], (found) => `${ms(found.latency.p99)}, ${shareOfFirst(found)}`],
  ['three slow: p99', ['three slow'], ({ latency }) => ms(latency.p99)],
  [
    'one fails at once, never ejected: its share, errors',
    ['one fails at once'],
    (found) => `${shareOfFirst(found)}, ${errors(found)}`,
  ],
  ['one dead: its share, errors', ['one dead'], (found) => `${shareOfFirst(found)}, ${errors(found)}`],
]

/** `results` are entries of the catalogue with what was found, by the names of the scenarios. */
export function table(results) {
  const header = ['selection', 'good for', 'a pick', ...columns.map(([title]) => title)]
  const rows = results.map(({ entry, found }) => [
    `\`${entry.name}\``,
    entry.for,
    entry.cost,
    ...columns.map(([, [scenario], cell]) => cell(found[scenario])),
  ])
  const line = (cells) => `| ${cells.join(' | ')} |`
  return `${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}
