/** A report as a table with one row a component: RFC 4180, with the fields of the report as columns, lengths in ms. */
import type { ComponentReport } from '../estimates/full-report.ts'
import { isoText } from './length.ts'
import { nameText } from './name.ts'

const columns: readonly (readonly [name: string, value: (report: ComponentReport) => unknown])[] = [
  ['component', ({ component }) => (component === null ? null : nameText(component))],
  ['window', ({ window }) => window.label],
  ['zone', ({ window }) => window.zone],
  ['from', ({ window }) => isoText(window.fromAt)],
  ['to', ({ window }) => isoText(window.toAt)],
  ['accounting', ({ accounting }) => accounting.preset],
  ['state', ({ state }) => state],
  ['availability', ({ availability }) => availability],
  ['coverage', ({ coverage }) => coverage],
  ['nines', ({ nines }) => nines],
  ['uptime', ({ uptime }) => uptime],
  ['downtime', ({ downtime }) => downtime],
  ['degraded', ({ degraded }) => degraded],
  ['maintenance', ({ maintenance }) => maintenance],
  ['unknown', ({ unknown }) => unknown],
  ['outside', ({ outside }) => outside],
  ['failures', ({ failures }) => failures],
  ['restorations', ({ restorations }) => restorations],
  ['mtbf', ({ mtbf }) => mtbf],
  ['mtbf_lower', ({ confidence }) => confidence.mtbf.lower],
  ['mtbf_upper', ({ confidence }) => confidence.mtbf.upper],
  ['mttr_recovery', ({ mttr }) => mttr.recovery],
  ['mttr_repair', ({ mttr }) => mttr.repair],
  ['mttr_respond', ({ mttr }) => mttr.respond],
  ['mttr_resolve', ({ mttr }) => mttr.resolve],
  ['mttd', ({ mttd }) => mttd],
  ['outage_median', ({ outageLengths }) => outageLengths?.median],
  ['outage_p90', ({ outageLengths }) => outageLengths?.p90],
  ['outage_longest', ({ longestOutage }) => longestOutage],
  ['failure_rate_per_hour', ({ failureRate }) => failureRate],
]

export function csvOf(reports: readonly ComponentReport[]): string {
  const header = columns.map(([name]) => name).join(',')
  const rows = reports.map((report) => columns.map(([, value]) => cell(value(report))).join(','))
  return `${[header, ...rows].join('\r\n')}\r\n`
}

/** What is not known is an empty cell. A name that a spreadsheet would take for a formula is made text. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
