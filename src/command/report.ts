/** `holdfast report`: availability from a log of state changes or incidents. */
import { formatReport } from '../availability/format/format-report.ts'
import type { AccountingOptions, AccountingPreset } from '../availability/report/accounting.ts'
import type { ComponentReport } from '../availability/report/report-fields.ts'
import { durationAsked, untilAsked, windowAsked, zoneAsked } from './asked.ts'
import type { Palette } from './bar.ts'
import { Chronicle } from './chronicle.ts'
import { separatorAsked } from './csv/separator.ts'
import { encodingAsked } from './input/decoded.ts'
import { Progress, type Screen } from './input/progress.ts'
import type { Piped } from './input/source.ts'
import { type Assumed, Instants } from './instants/instants.ts'
import { jsonPieces } from './json-pieces.ts'
import { InputError } from './mistakes.ts'
import { type AskedLog, type ReadLog, readLog } from './read-log.ts'
import type { Reading } from './reading.ts'
import { terminalText } from './report-text.ts'
import { counted, understood } from './understood.ts'
import { stateMapAsked } from './words/state-words.ts'

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

export interface Surroundings {
  readonly host: Piped & { readonly stderr: Screen }
  readonly now: number
  readonly width: number
  readonly colors: Palette
  warn(text: string): void
}

/**
 * The text of the report, in pieces. Throws an `InputError` for a log that cannot be read, a `UsageError` for options.
 */
export async function reportFrom(
  path: string,
  asked: ReportArguments,
  around: Surroundings,
): Promise<Iterable<string>> {
  const zone = zoneAsked('--zone', asked.zone)
  const instants = new Instants(zoneAsked('--input-zone', asked.inputZone), asked.dayFirst === true)
  const window = windowAsked(asked.window, zone)
  const accounting = accountingAsked(asked)
  const log = await logOf(path, asked, instants, around)
  const end = 'history' in log ? log.history.snapshot.at : log.reading.contents.end
  const until = untilAsked(asked.until, zone, around.now, end)
  if ('reading' in log) {
    settle(log.reading, asked, window === 'all' || window === 'each', instants.assumed, around.warn)
  }
  const chronicle =
    'history' in log
      ? Chronicle.ofHistory(log.history.snapshot, until, accounting)
      : Chronicle.ofLog(log.reading.contents, until, accounting)
  const reports = chosen(chronicle, asked.component).map((name) => chronicle.report(name, window, zone))
  if (asked.quiet !== true) around.warn(saidOf(path, log, instants, asked.inputZone))
  const { width, colors } = around
  const { format, explain = false, details = explain || reports.length <= detailed } = asked
  if (format === 'text') return [terminalText(chronicle, reports, { width, colors, details, explain })]
  if (format === 'json') return jsonPieces(whole(reports))
  return [formatReport(whole(reports), format === 'md' ? 'markdown' : format)]
}

function accountingAsked(asked: ReportArguments): AccountingOptions {
  const mergeGap = durationAsked('--merge-gap', asked.mergeGap)
  const confirmDown = durationAsked('--confirm-down', asked.confirmDown)
  return {
    preset: asked.policy,
    ...(mergeGap !== undefined && { mergeGap }),
    ...(confirmDown !== undefined && { confirmDown }),
  }
}

async function logOf(path: string, asked: ReportArguments, instants: Instants, around: Surroundings): Promise<ReadLog> {
  const { as, start, end, duration, at, state, by, ignore, stateMap, separator, encoding } = asked
  const layout: AskedLog = {
    as,
    start,
    end,
    length: duration,
    at,
    state,
    component: by,
    ignore,
    words: stateMapAsked(stateMap),
    separator: separatorAsked(separator),
    encoding: encodingAsked(encoding),
  }
  const progress = new Progress(around.host.stderr)
  try {
    return await readLog(path, around.host, layout, instants, progress)
  } finally {
    progress.done()
  }
}

/** Bad lines end it, or are said to be left out. A log of incidents without any says that there were none in a window. */
function settle(reading: Reading, asked: ReportArguments, isWhole: boolean, assumed: Assumed, warn: Warn): void {
  const { bad, contents, hasIncidents } = reading
  if (bad.count > 0) {
    if (asked.skipBad !== true || contents.size === 0) {
      const advice = contents.size === 0 ? 'No line can be read.' : 'Leave such lines out with --skip-bad.'
      throw new InputError([bad.text, advice, ...hints(reading, assumed)].join('\n'))
    }
    warn(`${counted(bad.count, 'line was', 'lines were')} left out:\n${bad.text}`)
  }
  if (contents.size > 0) return
  if (isWhole || !hasIncidents) throw new InputError('there is no line in it')
  for (const name of asked.component ?? ['all']) contents.without(name)
}

type Warn = Surroundings['warn']

const aboutWords =
  'Say what a word means with --state-map, as in --state-map "sick=down", or leave the column out with --ignore.'

function hints({ unknownWord }: Reading, { zone, swapped, dayFirst }: Assumed): readonly string[] {
  const found: string[] = []
  if (unknownWord) found.push(aboutWords)
  if (swapped)
    found.push(dayFirst ? 'Without --day-first, months are first.' : 'Read dates such as 24/12/2026 with --day-first.')
  if (zone !== undefined)
    found.push(`${JSON.stringify(zone)} names no zone, or several: write an offset, or a zone such as Europe/Berlin.`)
  return found
}

function saidOf(path: string, log: ReadLog, { assumed }: Instants, zone: string): string {
  const name = path === '-' ? 'what is piped in' : path
  if ('reading' in log) return understood(name, log.form, log.reading, assumed, zone)
  const { snapshot } = log.history
  const components = counted(snapshot.components.length, 'component')
  return `${name}: ${log.form}; ${components}, last written ${new Date(snapshot.at).toISOString()}`
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

/** As the tracker gives it: the worst in front. */
function whole(reports: readonly ComponentReport[]): ComponentReport & { components: Record<string, ComponentReport> } {
  const rank = ({ availability }: ComponentReport): number => availability ?? 2
  const worst = reports.reduce((found, report) => (rank(report) < rank(found) ? report : found))
  return { ...worst, components: Object.fromEntries(reports.map((report) => [`${report.component}`, report])) }
}
