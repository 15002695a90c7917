/** Reads a log: a file, or what is piped in; CSV or NDJSON, told by its name or its first character. */
import { readFileSync } from 'node:fs'
import { text as textFrom } from 'node:stream/consumers'
import { type ColumnNames, readCsv } from './csv-log.ts'
import type { BadLine, Log } from './entries.ts'
import type { Instants } from './instants.ts'
import { readJsonLines } from './json-log.ts'
import { InputError } from './mistakes.ts'

export interface Piped {
  readonly stdin: NodeJS.ReadableStream
}

export async function readLog(path: string, piped: Piped, names: ColumnNames, instants: Instants): Promise<Log> {
  const text = (await textOf(path, piped)).replace(/^\uFEFF/, '')
  const isJson = /\.(?:nd)?jsonl?$/i.test(path) || (!/\.csv$/i.test(path) && text.trimStart().startsWith('{'))
  const log = isJson ? readJsonLines(text, instants) : readCsv(text, names, instants)
  if (log.entries.length === 0 && log.bad.length === 0) throw new InputError('there is no line in it')
  return log
}

/** A `-` stands for what is piped in. */
async function textOf(path: string, piped: Piped): Promise<string> {
  try {
    return path === '-' ? await textFrom(piped.stdin) : readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** The first few, and how many more there are. */
export function badLinesText(bad: readonly BadLine[]): string {
  const shown = bad.slice(0, 5).map(({ number, why }) => `line ${number}: ${why}`)
  const more = bad.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}
