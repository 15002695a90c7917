/** `holdfast report`: availability from a log of state changes or incidents. */

import type { AccountingOptions, AccountingPreset } from '../availability/accounting/accounting.ts'
import type { ComponentReport } from '../availability/estimates/full-report.ts'
import { formatReport } from '../availability/format/format-report.ts'
import { parseDuration, parseUntil, parseWindow, parseZone } from './arguments.ts'
import type { Palette } from './bar.ts'
import { parseSeparator } from './csv/separator.ts'
import { InputError } from './errors.ts'
import { parseEncoding } from './input/decoded.ts'
import { Progress, type ProgressOutput } from './input/progress.ts'
import type { Piped } from './input/source.ts'
import { type Assumptions, Instants } from './instants/instants.ts'
import { jsonPieces } from './json-pieces.ts'
import { LogHistory } from './log-history.ts'
import type { LogReading } from './log-reading.ts'
import { type LogOptions, type ReadLog, readLog } from './read-log.ts'
import { terminalText } from './report-text.ts'
import { counted, summaryOf } from './summary.ts'
import { parseStateMap } from './words/state-words.ts'

/** The options as commander parses them. */
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
  readonly as?: string
  readonly start?: string
  readonly end?: string
  readonly duration?: string
  readonly at?: string
  readonly state?: string
  readonly by?: readonly string[]
  readonly ignore?: readonly string[]
  readonly stateMap?: readonly string[]
  readonly dayFirst?: boolean
  readonly separator?: string
  readonly encoding?: string
  readonly quiet?: boolean
  readonly skipBad?: boolean
  readonly details?: boolean
  readonly explain?: boolean
}

export interface ReportContext {
  readonly host: Piped & { readonly stderr: ProgressOutput }
  readonly now: number
  readonly width: number
  readonly colors: Palette
  warn(text: string): void
}

/**
 * The text of the report, in pieces. @throws InputError for an unusable log, UsageError for invalid options.
 */
export async function reportFrom(
  path: string,
  asked: ReportArguments,
  around: ReportContext,
): Promise<Iterable<string>> {
  const zone = parseZone('--zone', asked.zone)
  const instants = new Instants(parseZone('--input-zone', asked.inputZone), asked.dayFirst === true)
  const window = parseWindow(asked.window, zone)
  const accounting = parseAccounting(asked)
  const log = await logOf(path, asked, instants, around)
  const end = 'history' in log ? log.history.snapshot.at : log.reading.contents.end
  const until = parseUntil(asked.until, zone, around.now, end)
  if ('reading' in log) {
    settle(log.reading, asked, window === 'all' || window === 'each', instants.assumed, around.warn)
  }
  const history =
    'history' in log
      ? LogHistory.ofHistory(log.history.snapshot, until, accounting)
      : LogHistory.ofLog(log.reading.contents, until, accounting)
  const reports = chosen(history, asked.component).map((name) => history.report(name, window, zone))
  if (asked.quiet !== true) around.warn(saidOf(path, log, instants, asked.inputZone))
  const { width, colors } = around
  const { format, explain = false, details = explain || reports.length <= detailed } = asked
  if (format === 'text') return [terminalText(history, reports, { width, colors, details, explain })]
  if (format === 'json') return jsonPieces(whole(reports))
  return [formatReport(whole(reports), format === 'md' ? 'markdown' : format)]
}

function parseAccounting(asked: ReportArguments): AccountingOptions {
  const mergeGap = parseDuration('--merge-gap', asked.mergeGap)
  const confirmDown = parseDuration('--confirm-down', asked.confirmDown)
  return {
    preset: asked.policy,
    ...(mergeGap !== undefined && { mergeGap }),
    ...(confirmDown !== undefined && { confirmDown }),
  }
}

async function logOf(
  path: string,
  asked: ReportArguments,
  instants: Instants,
  around: ReportContext,
): Promise<ReadLog> {
  const { as, start, end, duration, at, state, by, ignore, stateMap, separator, encoding } = asked
  const layout: LogOptions = {
    as,
    start,
    end,
    length: duration,
    at,
    state,
    component: by,
    ignore,
    words: parseStateMap(stateMap),
    separator: parseSeparator(separator),
    encoding: parseEncoding(encoding),
  }
  const progress = new Progress(around.host.stderr)
  try {
    return await readLog(path, around.host, layout, instants, progress)
  } finally {
    progress.done()
  }
}

/** Bad lines are an error, or skipped with a warning. A log of incidents without entries means that there were none in the window. */
function settle(reading: LogReading, asked: ReportArguments, isWhole: boolean, assumed: Assumptions, warn: Warn): void {
  const { bad, contents, hasIncidents } = reading
  if (bad.count > 0) {
    if (asked.skipBad !== true || contents.size === 0) {
      const advice = contents.size === 0 ? 'No line can be read.' : 'Skip such lines with --skip-bad.'
      throw new InputError([bad.text, advice, ...hints(reading, assumed)].join('\n'))
    }
    warn(`${counted(bad.count, 'line was', 'lines were')} skipped:\n${bad.text}`)
  }
  if (contents.size > 0) return
  if (isWhole || !hasIncidents) throw new InputError('the log has no entries')
  for (const name of asked.component ?? ['all']) contents.without(name)
}

type Warn = ReportContext['warn']

const aboutWords =
  'Define a word with --state-map, for example --state-map "sick=down", or ignore the column with --ignore.'

function hints({ unknownWord }: LogReading, { zone, swapped, dayFirst }: Assumptions): readonly string[] {
  const found: string[] = []
  if (unknownWord) found.push(aboutWords)
  if (swapped)
    found.push(dayFirst ? 'Without --day-first, months are first.' : 'Read dates such as 24/12/2026 with --day-first.')
  if (zone !== undefined)
    found.push(`${JSON.stringify(zone)} is not a unique zone: write an offset, or a zone such as Europe/Berlin.`)
  return found
}

function saidOf(path: string, log: ReadLog, { assumed }: Instants, zone: string): string {
  const name = path === '-' ? 'standard input' : path
  if ('reading' in log) return summaryOf(name, log.form, log.reading, assumed, zone)
  const { snapshot } = log.history
  const components = counted(snapshot.components.length, 'component')
  return `${name}: ${log.form}; ${components}, last written ${new Date(snapshot.at).toISOString()}`
}

/** Details are shown by default for up to this many components. */
const detailed = 3

function chosen(history: LogHistory, asked: readonly string[] | undefined): readonly string[] {
  const { names } = history
  const missing = asked?.find((name) => !names.includes(name))
  if (missing === undefined) return asked ?? names
  const some = names.slice(0, 10).join(', ')
  throw new InputError(
    `there is no component ${JSON.stringify(missing)}; there are ${some}${names.length > 10 ? ', …' : ''}`,
  )
}

/** The form of a tracker's report: the worst component first. */
function whole(reports: readonly ComponentReport[]): ComponentReport & { components: Record<string, ComponentReport> } {
  const rank = ({ availability }: ComponentReport): number => availability ?? 2
  const worst = reports.reduce((found, report) => (rank(report) < rank(found) ? report : found))
  return { ...worst, components: Object.fromEntries(reports.map((report) => [`${report.component}`, report])) }
}
