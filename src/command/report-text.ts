/** The report for a terminal: a summary with a bar of time for each component, and the details of a few. */

import { formatPercent } from '../availability/estimate/format-percent.ts'
import { explainReport } from '../availability/format/explain-report.ts'
import { formatReport } from '../availability/format/format-report.ts'
import { instantText, lengthText } from '../availability/format/length.ts'
import { nameText } from '../availability/format/name.ts'
import type { ComponentReport } from '../availability/report/report-fields.ts'
import { barOf, legend, type Palette } from './bar.ts'
import type { Chronicle } from './chronicle.ts'

interface Screen {
  readonly width: number
  readonly colors: Palette
  readonly explain: boolean
}

/** So many components get their details shown too. */
const detailed = 3
const narrow = 24

export function terminalText(chronicle: Chronicle, reports: readonly ComponentReport[], screen: Screen): string {
  const { colors } = screen
  const names = reports.map(({ component }) => component ?? '')
  const nameWidth = Math.min(narrow, Math.max(9, ...names.map((name) => name.length)))
  const head = ['availability', 'down', 'failures', 'MTBF', 'MTTR']
  const rows = reports.map((report) => [
    formatPercent(report.availability),
    lengthText(report.downtime),
    `${report.failures}`,
    lengthText(report.mtbf),
    lengthText(report.mttr.recovery),
  ])
  const widths = head.map((label, column) => Math.max(label.length, ...rows.map((row) => `${row[column]}`.length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')
  const taken = nameWidth + 2 + widths.reduce((sum, width) => sum + width + 2, 0)
  const cells = Math.max(20, Math.min(90, screen.width - 2))
  const text = [
    `${'component'.padEnd(nameWidth)}  ${line(head)}`,
    colors.dim('─'.repeat(Math.max(0, Math.min(taken, screen.width)))),
  ]
  for (const [index, report] of reports.entries()) {
    const { fromAt, toAt } = report.window
    text.push(`${colors.bold(clipped(names[index] ?? '', nameWidth).padEnd(nameWidth))}  ${line(rows[index] ?? [])}`)
    if (toAt > fromAt) text.push(`  ${barOf(chronicle.parts(names[index] ?? '', fromAt, toAt, cells), colors)}`)
    text.push(colors.dim(`  ${spread(instantText(fromAt), instantText(toAt), cells)}`))
  }
  text.push('', legend(colors), '')
  if (reports.length <= detailed) text.push(...reports.map((report) => detailsOf(report, screen.explain)))
  return `${text.join('\n')}\n`
}

function detailsOf(report: ComponentReport, explain: boolean): string {
  const whole = { ...report, components: { [report.component ?? '']: report } }
  return `${formatReport(whole, 'text')}${explain ? `\n${explainReport(report)}\n` : ''}`
}

function clipped(name: string, width: number): string {
  const plain = nameText(name)
  return plain.length > width ? `${plain.slice(0, width - 1)}…` : plain
}

/** One at the left end, one at the right. */
function spread(left: string, right: string, width: number): string {
  return `${left}${' '.repeat(Math.max(1, width - left.length - right.length))}${right}`
}
