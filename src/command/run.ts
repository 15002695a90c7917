/**
 * The command `holdfast`: it reads a log and writes a report; it changes no files.
 *
 * Exit codes: 0, 1 if the log cannot be used, and 2 if the command line is invalid.
 */
import { Command, CommanderError, Option } from 'commander'
import picocolors from 'picocolors'
import { presetNames } from '../availability/accounting/accounting.ts'
import { InputError, UsageError } from './errors.ts'
import { formatNames } from './formats/known-formats.ts'
import type { Piped } from './input/source.ts'
import { type Output, writeAll } from './output.ts'
import { type ReportArguments, reportFrom } from './report.ts'

/** The parts of a process that the command uses. */
export interface Host extends Piped {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
}

export async function run(argv: readonly string[], host: Host, now: number): Promise<number> {
  const { stdout, stderr } = host
  const warn = (text: string): void => void stderr.write(`holdfast: ${plain(text)}\n`)
  const program = programOf(async (path, asked) => {
    const colors = picocolors.createColors(asked.color && isColourful(host))
    await writeAll(stdout, await reportFrom(path, asked, { host, now, width: stdout.columns ?? 80, colors, warn }))
  }, host)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof InputError || error instanceof UsageError)) throw error
    warn(error.message)
    return error instanceof InputError ? 1 : 2
  }
}

type Action = (path: string, asked: ReportArguments & { readonly color: boolean }) => Promise<void>

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

function programOf(action: Action, { stdout, stderr }: Host): Command {
  const program = new Command('holdfast')
    .description('Availability from logs of state changes and incidents.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(plain(text)),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
    })
  program
    .command('report')
    .description('report uptime, MTBF and MTTR from a log: CSV, JSON, NDJSON, or the history of a tracker')
    .argument('<log>', 'a file, or - for standard input')
    .option(
      '-w, --window <window>',
      'all of the log, each (the span of each component), 30d, month, month-1, 2026-01 or <date>..<date>',
      'all',
    )
    .option('-z, --zone <zone>', 'IANA zone of calendar windows and dates', 'UTC')
    .option('--input-zone <zone>', 'IANA zone of times in the log without a zone', 'UTC')
    .option('--until <instant>', 'now, end (of the log), or a date; later time is unknown', 'now')
    .addOption(new Option('-p, --policy <name>', 'accounting preset').choices(presetNames).default('default'))
    .addOption(
      new Option('-f, --format <form>', 'format of the report').choices(['text', 'md', 'json', 'csv']).default('text'),
    )
    .option('-c, --component <name>', 'only this component; may be given several times', several)
    .option('--merge-gap <duration>', 'merge outages with a gap shorter than this')
    .option('--confirm-down <duration>', 'ignore outages shorter than this as failures')
    .addOption(new Option('--as <format>', 'format of the log, if its columns do not show it').choices(formatNames))
    .option('--start <column>', 'column, or JSON field, of the start of an incident')
    .option('--end <column>', 'column of its end; empty if it is open')
    .option('--duration <column>', 'column of its duration, if there is no end')
    .option('--at <column>', 'column of the time of a state change')
    .option('--state <column>', 'column of the state')
    .option('--by <column>', 'column of the component; several are joined with a slash', several)
    .option('--ignore <column>', 'column to ignore; may be given several times', several)
    .option(
      '--state-map <word=state>',
      'meaning of a word in the log: a state, or skip; may be given several times',
      several,
    )
    .option('--day-first', 'dates such as 1/2/2026 start with the day')
    .option('--separator <letter>', 'separator of CSV cells, if it is not detected; or tab')
    .option('--encoding <name>', 'encoding of the text, such as windows-1252')
    .option('--skip-bad', 'skip lines that cannot be read, with a warning')
    .option('-q, --quiet', 'do not print how the log was interpreted')
    .option('--details', 'show details of every component, also of more than three')
    .option('--explain', 'show details, and explain each number')
    .option('--no-color', 'no colours')
    .addHelpText(
      'after',
      `
Exports of PagerDuty, Opsgenie, Statuspage, UptimeRobot, Jira and others are recognised by their columns. Columns of other
logs are found by their usual names: start and end, or time and state, and component. JSON fields have the same names,
nested ones with dots: service.name. How the log was interpreted is printed on stderr.

  holdfast report incidents.csv --window month-1 --zone Europe/Berlin
  holdfast report events.ndjson --window 30d --policy strict --format md`,
    )
    .action(action)
  return program
}

/** Follows https://no-color.org and FORCE_COLOR. */
function isColourful({ stdout, env }: Host): boolean {
  if (env['NO_COLOR']) return false
  return Boolean(env['FORCE_COLOR']) || (stdout.isTTY === true && env['TERM'] !== 'dumb')
}

/** Names and headers come from files, so control characters except line breaks are removed from messages. */
function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\uFFFD')
}
