/**
 * The command `holdfast`: it reads a log and writes a report; it changes nothing.
 *
 * Gives 0, 1 where the log cannot be used, and 2 where the command was called in a wrong way.
 */
import { Command, CommanderError, Option } from 'commander'
import picocolors from 'picocolors'
import { presetNames } from '../availability/accounting/accounting.ts'
import { InputError, UsageError } from './errors.ts'
import { formatNames } from './formats/known-formats.ts'
import type { Piped } from './input/source.ts'
import { type Output, writeAll } from './output.ts'
import { type ReportArguments, reportFrom } from './report.ts'

/** What a process has. */
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
    .argument('<log>', 'a file, or - for what is piped in')
    .option(
      '-w, --window <window>',
      'all of the log, each (what it says of each), 30d, month, month-1, 2026-01 or <date>..<date>',
      'all',
    )
    .option('-z, --zone <zone>', 'IANA zone of calendar windows and dates', 'UTC')
    .option('--input-zone <zone>', 'IANA zone of times in the log that name none', 'UTC')
    .option('--until <instant>', 'now, end (of the log), or a date: nothing is known after it', 'now')
    .addOption(new Option('-p, --policy <name>', 'what counts as what').choices(presetNames).default('default'))
    .addOption(
      new Option('-f, --format <form>', 'form of the report').choices(['text', 'md', 'json', 'csv']).default('text'),
    )
    .option('-c, --component <name>', 'only this component; may be given several times', several)
    .option('--merge-gap <duration>', 'outages with less than this between them are one')
    .option('--confirm-down <duration>', 'shorter outages are no failures')
    .addOption(new Option('--as <format>', 'what the log is, where its columns do not tell').choices(formatNames))
    .option('--start <column>', 'the column, or field of JSON, an incident starts in')
    .option('--end <column>', 'the one it ends in; empty where it is open')
    .option('--duration <column>', 'the one that says how long it took, where there is no end')
    .option('--at <column>', 'the one of the time of a state change')
    .option('--state <column>', 'the one of the state')
    .option('--by <column>', 'the one of the component; several are joined with a slash', several)
    .option('--ignore <column>', 'one to leave out; may be given several times', several)
    .option('--state-map <word=state>', 'what a word in the log means: a state, or skip; several times', several)
    .option('--day-first', 'dates such as 1/2/2026 have their day first')
    .option('--separator <letter>', 'what stands between the cells of CSV, where that cannot be seen; or tab')
    .option('--encoding <name>', 'how the text is encoded, such as windows-1252')
    .option('--skip-bad', 'leave out lines that cannot be read, and say so')
    .option('-q, --quiet', 'do not say how the log was understood')
    .option('--details', 'show the details of every component, not only of three or fewer')
    .option('--explain', 'show them, and say how each number came about')
    .option('--no-color', 'no colours')
    .addHelpText(
      'after',
      `
Exports of PagerDuty, Opsgenie, Statuspage, UptimeRobot, Jira and others are known by their columns. Those of other
logs are found by their usual names: start and end, or time and state, and component. Fields of JSON are named alike,
nested ones with dots: service.name. How the log was summaryOf is said on stderr.

  holdfast report incidents.csv --window month-1 --zone Europe/Berlin
  holdfast report events.ndjson --window 30d --policy strict --format md`,
    )
    .action(action)
  return program
}

/** As https://no-color.org and FORCE_COLOR have it. */
function isColourful({ stdout, env }: Host): boolean {
  if (env['NO_COLOR']) return false
  return Boolean(env['FORCE_COLOR']) || (stdout.isTTY === true && env['TERM'] !== 'dumb')
}

/** Names and headers come from files: but for line breaks, nothing in a message may drive a terminal. */
function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\uFFFD')
}
