/** Reads a log: a file, or what is piped in; CSV or NDJSON, told by its name or its first character. */
import { readFileSync } from 'node:fs'
import { type ColumnNames, readCsv } from './csv-log.ts'
import { type BadLine, InputError, type Log } from './entries.ts'
import type { Instants } from './instants.ts'
import { readJsonLines } from './json-log.ts'

/** The stream a `-` stands for. */
const stdin = 0

export function readLog(path: string, names: ColumnNames, instants: Instants): Log {
  const text = textOf(path)
  const isJson = /\.(?:nd)?jsonl?$/i.test(path) || (!/\.csv$/i.test(path) && text.trimStart().startsWith('{'))
  const log = isJson ? readJsonLines(text, instants) : readCsv(text, names, instants)
  if (log.entries.length === 0 && log.bad.length === 0) throw new InputError(`${path}: nothing is in it`)
  return log
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? stdin : path, 'utf8')
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** The first few, and how many more there are. */
export function badLinesText(path: string, bad: readonly BadLine[]): string {
  const shown = bad.slice(0, 5).map(({ number, why }) => `${path}:${number}: ${why}`)
  const more = bad.length > shown.length ? [`and ${bad.length - shown.length} more lines`] : []
  return [...shown, ...more].join('\n')
}
