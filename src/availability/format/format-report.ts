/** A report for people and for other programs: text, Markdown, CSV and JSON. */
import { oneOf, resolveOptions } from '../../core/options.ts'
import { formatPercent } from '../../reliability/nines/format-percent.ts'
import type { AvailabilityReport, ComponentReport } from '../estimates/full-report.ts'
import { csvOf } from './csv.ts'
import { lengthText } from './length.ts'
import { linesOf } from './lines.ts'
import { nameText } from './name.ts'

export type ReportForm = 'text' | 'markdown' | 'csv' | 'json'

/**
 * Writes a report down, with all its components.
 *
 * CSV has a row for each, lengths in ms, and an empty cell for what is not known; JSON has every field. A percentage is cut
 * and never rounded, so 100 % means no downtime.
 *
 * ```ts
 * import { availabilityTracker, formatReport } from 'holdfast/availability'
 * import { virtualClock } from 'holdfast/testing'
 * const clock = virtualClock()
 * const tracker = availabilityTracker({ clock })
 * tracker.component('stock').up()
 * await clock.advance('1h')
 * formatReport(tracker.report(), 'text').split('\n')[0] // => 'stock  100%'
 * ```
 *
 * @throws TypeError where `form` is none of the four.
 */
export function formatReport(report: AvailabilityReport, form: ReportForm): string {
  resolveOptions('formatReport', { form }, { form: oneOf('text', 'markdown', 'csv', 'json') })
  const reports = Object.values(report.components)
  if (form === 'json') return `${JSON.stringify(report, undefined, 2)}\n`
  if (form === 'csv') return csvOf(reports)
  return form === 'text' ? reports.map(textOf).join('\n') : markdownOf(reports)
}

function textOf(report: ComponentReport): string {
  const lines = linesOf(report)
  const width = Math.max(...lines.map(([label]) => label.length))
  const rows = lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}\n`)
  return `${nameText(report.component)}  ${formatPercent(report.availability)}\n${rows.join('')}`
}

function markdownOf(reports: readonly ComponentReport[]): string {
  const rows = reports.map((report) => {
    const { availability, coverage, downtime, failures, mtbf, mttr } = report
    const cells = [
      nameText(report.component),
      formatPercent(availability),
      formatPercent(coverage),
      lengthText(downtime),
      `${failures}`,
      lengthText(mtbf),
      lengthText(mttr.recovery),
    ]
    return `| ${cells.map(escaped).join(' | ')} |\n`
  })
  const header =
    '| component | availability | coverage | down | failures | MTBF | MTTR (recovery) |\n|---|---|---|---|---|---|---|\n'
  const details = reports.map((report) => {
    const lines = linesOf(report).map(([label, value]) => `| ${escaped(label)} | ${escaped(value)} |\n`)
    return `\n## ${escaped(nameText(report.component))}\n\n| | |\n|---|---|\n${lines.join('')}`
  })
  return `${header}${rows.join('')}${details.join('')}`
}

/** Nothing in a name makes a cell end, or becomes markup. */
function escaped(text: string): string {
  return text.replace(/[\\|`*_<>[\]#]/g, '\\$&').replace(/\s+/g, ' ')
}
