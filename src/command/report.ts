/** `holdfast report`: availability from a log of state changes or incidents. */
import { formatReport } from '../availability/format/format-report.ts'
import type { AccountingPreset } from '../availability/report/accounting.ts'
import type { ComponentReport } from '../availability/report/report-fields.ts'
import { durationAsked, untilAsked, windowAsked, zoneAsked } from './asked.ts'
import type { Palette } from './bar.ts'
import { Chronicle } from './chronicle.ts'
import type { Entry } from './entries.ts'
import { Instants } from './instants.ts'
import { badLinesText, type Piped, readLog } from './log-file.ts'
import { InputError } from './mistakes.ts'
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
  readonly details?: boolean
  readonly explain?: boolean
}

export interface Surroundings {
  readonly host: Piped
  readonly now: number
  readonly width: number
  readonly colors: Palette
  warn(text: string): void
}

/** The text of the report. Throws an `InputError` for a log that cannot be read, a `UsageError` for options. */
export async function reportFrom(path: string, asked: ReportArguments, around: Surroundings): Promise<string> {
  const zone = zoneAsked('--zone', asked.zone)
  const instants = new Instants(zoneAsked('--input-zone', asked.inputZone))
  const window = windowAsked(asked.window, zone)
  const [mergeGap, confirmDown] = [
    durationAsked('--merge-gap', asked.mergeGap),
    durationAsked('--confirm-down', asked.confirmDown),
  ]
  const columns = { start: asked.start, end: asked.end, at: asked.at, state: asked.state, component: asked.by }
  const { entries, bad } = await readLog(path, around.host, columns, instants)
  if (bad.length > 0) {
    if (asked.skipBad !== true || entries.length === 0) {
      const advice = entries.length === 0 ? 'No line can be read.' : 'Leave such lines out with --skip-bad.'
      throw new InputError(`${badLinesText(bad)}\n${advice}`)
    }
    around.warn(`${bad.length} ${bad.length === 1 ? 'line was' : 'lines were'} left out:\n${badLinesText(bad)}`)
  }
  const until = untilAsked(asked.until, zone, around.now, endOf(entries))
  const chronicle = new Chronicle(entries, until, {
    preset: asked.policy,
    ...(mergeGap !== undefined && { mergeGap }),
    ...(confirmDown !== undefined && { confirmDown }),
  })
  const reports = chosen(chronicle, asked.component).map((name) => chronicle.report(name, window, zone))
  const { width, colors } = around
  const { format, explain = false, details = explain || reports.length <= detailed } = asked
  if (format === 'text') return terminalText(chronicle, reports, { width, colors, details, explain })
  return formatReport(whole(reports), format === 'md' ? 'markdown' : format)
}

/** The details of so many components are shown unasked. */
const detailed = 3

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
  return { ...worst, components: Object.fromEntries(reports.map((report) => [`${report.component}`, report])) }
}
