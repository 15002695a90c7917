/** `holdfast report`: availability from a log of state changes or incidents. */
import { formatReport } from '../availability/format/format-report.ts'
import type { AccountingPreset } from '../availability/report/accounting.ts'
import type { ComponentReport } from '../availability/report/report-fields.ts'
import type { Duration } from '../core/duration.ts'
import { untilAsked, windowAsked, zoneAsked } from './asked.ts'
import type { Palette } from './bar.ts'
import { Chronicle } from './chronicle.ts'
import { type Entry, InputError } from './entries.ts'
import { Instants } from './instants.ts'
import { badLinesText, readLog } from './log-file.ts'
import { terminalText } from './report-text.ts'

/** As the parser of arguments gives them. */
export interface ReportArguments {
  readonly window: string
  readonly zone: string
  readonly inputZone: string
  readonly until: string
  readonly policy: AccountingPreset
  readonly format: 'text' | 'md' | 'json' | 'csv'
  readonly component?: readonly string[]
  readonly mergeGap?: string
  readonly confirmDown?: string
  readonly start?: string
  readonly end?: string
  readonly at?: string
  readonly state?: string
  readonly by?: readonly string[]
  readonly skipBad?: boolean
  readonly explain?: boolean
}

export interface Surroundings {
  readonly now: number
  readonly width: number
  readonly colors: Palette
  warn(text: string): void
}

/** The text of the report. Throws an `InputError` for what cannot be read. */
export function reportFrom(path: string, asked: ReportArguments, around: Surroundings): string {
  const zone = zoneAsked(asked.zone)
  const columns = { start: asked.start, end: asked.end, at: asked.at, state: asked.state, component: asked.by }
  const log = readLog(path, columns, new Instants(zoneAsked(asked.inputZone)))
  if (log.bad.length > 0) {
    if (asked.skipBad !== true)
      throw new InputError(`${badLinesText(path, log.bad)}\nLeave such lines out with --skip-bad.`)
    around.warn(`${log.bad.length} lines were left out:\n${badLinesText(path, log.bad)}\n`)
  }
  const until = untilAsked(asked.until, zone, around.now, endOf(log.entries))
  const chronicle = new Chronicle(log.entries, until, {
    preset: asked.policy,
    ...(asked.mergeGap !== undefined && { mergeGap: asked.mergeGap as Duration }),
    ...(asked.confirmDown !== undefined && { confirmDown: asked.confirmDown as Duration }),
  })
  const window = windowAsked(asked.window, zone)
  const reports = chosen(chronicle, asked.component).map((name) => chronicle.report(name, window, zone))
  const { width, colors } = around
  if (asked.format === 'text')
    return terminalText(chronicle, reports, { width, colors, explain: asked.explain === true })
  return formatReport(whole(reports), asked.format === 'md' ? 'markdown' : asked.format)
}

function chosen(chronicle: Chronicle, asked: readonly string[] | undefined): readonly string[] {
  const { names } = chronicle
  const missing = asked?.find((name) => !names.includes(name))
  if (missing === undefined) return asked ?? names
  const some = names.slice(0, 10).join(', ')
  throw new InputError(
    `there is no component ${JSON.stringify(missing)}; there are ${some}${names.length > 10 ? ', …' : ''}`,
  )
}

/** The last instant the log names. */
function endOf(entries: readonly Entry[]): number {
  let end = Number.NEGATIVE_INFINITY
  for (const entry of entries) {
    const last = 'at' in entry ? entry.at : Number.isFinite(entry.end) ? entry.end : entry.start
    if (last > end) end = last
  }
  return end
}

/** As the tracker gives it: the worst in front. */
function whole(reports: readonly ComponentReport[]): ComponentReport & { components: Record<string, ComponentReport> } {
  const rank = ({ availability }: ComponentReport): number => availability ?? 2
  const worst = reports.reduce((found, report) => (rank(report) < rank(found) ? report : found))
  return { ...worst, components: Object.fromEntries(reports.map((report) => [report.component ?? '', report])) }
}
