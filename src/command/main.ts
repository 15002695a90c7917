/**
 * The command `holdfast`. It reads a log and writes a report; it changes nothing.
 *
 * Ends with 0, with 1 where the input cannot be read, and with 2 where it was called in a wrong way.
 */
import node, { stderr, stdout } from 'node:process'
import { Command, CommanderError, Option } from 'commander'
import colors from 'picocolors'
import { presetNames } from '../availability/report/accounting.ts'
import { realClock } from '../core/clock.ts'
import { InputError } from './entries.ts'
import { type ReportArguments, reportFrom } from './report.ts'

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

const program = new Command('holdfast')
  .description('Availability from logs of state changes and incidents.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => stderr.write(text) })

program
  .command('report')
  .description('report uptime, MTBF and MTTR from a log: NDJSON, or CSV with a header')
  .argument('<log>', 'a file, or - for what is piped in')
  .option('-w, --window <window>', 'all, 30d, month, month-1 (the last whole one), or <date>..<date>', 'all')
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
  .option('--start <column>', 'the column an incident starts in')
  .option('--end <column>', 'the column it ends in; empty where it is open')
  .option('--at <column>', 'the column of the time of a state change')
  .option('--state <column>', 'the column of the state')
  .option('--by <column>', 'the column of the component; several are joined with a slash', several)
  .option('--skip-bad', 'leave out lines that cannot be read, and say so')
  .option('--explain', 'say how each number came about')
  .option('--no-color', 'no colours')
  .addHelpText(
    'after',
    `
Columns are found by their usual names: start and end, or time and state, and component.
A line of NDJSON is {"component","state","at"} or {"component","start","end"}.

  holdfast report incidents.csv --window month-1 --zone Europe/Berlin
  holdfast report events.ndjson --window 30d --policy strict --format md`,
  )
  .action((path: string, asked: ReportArguments) => {
    const warn = (text: string): void => void stderr.write(text)
    stdout.write(reportFrom(path, asked, { now: realClock.wall(), width: stdout.columns ?? 80, colors, warn }))
  })

function exitCode(): number {
  try {
    program.parse()
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof InputError) && !(error instanceof TypeError)) throw error
    stderr.write(`holdfast: ${error.message}\n`)
    return error instanceof InputError ? 1 : 2
  }
}

node.exitCode = exitCode()
