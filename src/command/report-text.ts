/** The report for a terminal: a summary with a bar of time for each component, and details on request. */

import type { ComponentReport } from '../availability/estimates/full-report.ts'
import { explainReport } from '../availability/format/explain-report.ts'
import { formatReport } from '../availability/format/format-report.ts'
import { instantText, lengthText } from '../availability/format/length.ts'
import { nameText } from '../availability/format/name.ts'
import { formatPercent } from '../reliability/nines/format-percent.ts'
import { barOf, legend, type Palette } from './bar.ts'
import type { LogHistory } from './log-history.ts'
import { fitted, widthOf } from './width.ts'

export interface ReportScreen {
  readonly width: number
  readonly colors: Palette
  readonly details: boolean
  readonly explain: boolean
}

type Column = readonly [label: string, value: (report: ComponentReport) => string]

const columns: readonly Column[] = [
  ['availability', ({ availability }) => formatPercent(availability)],
  ['down', ({ downtime }) => lengthText(downtime)],
  ['failures', ({ failures }) => `${failures}`],
  ['MTBF', ({ mtbf }) => lengthText(mtbf)],
  ['MTTR', ({ mttr }) => lengthText(mttr.recovery)],
]

const narrowest = 20
const widestName = 24
const widestBar = 90

export function terminalText(history: LogHistory, reports: readonly ComponentReport[], screen: ReportScreen): string {
  const { colors, details, explain } = screen
  const width = Math.max(narrowest, screen.width)
  const names = reports.map(({ component }) => nameText(component))
  const nameWidth = Math.min(widestName, most(['component', ...names]))
  const table = tableOf(reports, width - nameWidth)
  const cells = Math.min(widestBar, width - 2)
  const text = [
    `${fitted('component', nameWidth)}${table[0]}`,
    colors.dim('─'.repeat(nameWidth + widthOf(`${table[0]}`))),
  ]
  for (const [index, report] of reports.entries()) {
    const { fromAt, toAt } = report.window
    text.push(`${colors.bold(fitted(`${names[index]}`, nameWidth))}${table[index + 1]}`)
    if (toAt > fromAt) text.push(`  ${barOf(history.parts(`${report.component}`, fromAt, toAt, cells), colors)}`)
    text.push(colors.dim(`  ${spread(instantText(fromAt), instantText(toAt), cells)}`))
  }
  text.push('', legend(colors))
  if (details) text.push('', ...reports.map((report) => detailsOf(report, explain)))
  else text.push(colors.dim('Details of each with --details, of one with --component.'), '')
  return text.join('\n')
}

/** The header and a line for each report; columns that do not fit are omitted, from the last. */
function tableOf(reports: readonly ComponentReport[], room: number): readonly string[] {
  const lines = ['', ...reports.map(() => '')]
  let taken = 0
  for (const [label, value] of columns) {
    const cells = [label, ...reports.map(value)]
    const width = most(cells)
    taken += width + 2
    if (taken > room && label !== 'availability') break
    for (const [index, cell] of cells.entries()) lines[index] += `  ${cell.padStart(width)}`
  }
  return lines
}

function detailsOf(report: ComponentReport, explain: boolean): string {
  const whole = { ...report, components: { [`${report.component}`]: report } }
  return `${formatReport(whole, 'text')}${explain ? `\n${explainReport(report)}\n` : ''}`
}

function most(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, widthOf(text)), 0)
}

/** Aligns one text left and one right; only the left one if both do not fit. */
function spread(left: string, right: string, width: number): string {
  const room = width - left.length - right.length
  return room > 0 ? `${left}${' '.repeat(room)}${right}` : left
}
