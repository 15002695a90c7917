/** Lines with quotes as records, by csv-parse. */
import { type CsvError, parse } from 'csv-parse/sync'
import type { CsvRecord } from './csv-record.ts'

interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

interface QuotedRecords {
  readonly records: readonly CsvRecord[]
  /** Of the lines; those after them belong to none of the records. */
  readonly read: number
}

/** Blanks between a quote and the separator, which csv-parse would take for letters of the cell. */
const blanks = (separator: string): RegExp =>
  new RegExp(`"[ \\t]+(?=[${separator.replace(/[\\\]^-]/, '\\$&')}]|$)`, 'g')

const unclosed = 'a quote is never closed'

/** `first` is the number of the first line. Where a quote is never closed, its line is bad and the next ones are not read. */
export function quotedRecords(lines: readonly string[], first: number, separator: string): QuotedRecords {
  const records: CsvRecord[] = []
  const around = blanks(separator)
  let wrong: CsvError | undefined
  const parsed = parse(lines.map((line) => line.replace(around, '"')).join('\n'), {
    delimiter: separator,
    // Only a quote at the beginning of a cell opens it: an inch sign is one letter as others are.
    relax_quotes: true,
    ltrim: true,
    relax_column_count: true,
    record_delimiter: '\n',
    info: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      wrong ??= error
    },
  }) as unknown as readonly ParsedRecord[]
  let read = 0
  for (const { record, info } of parsed) {
    const number = first + read
    read = info.lines
    const cells = record.map((cell) => cell.trim())
    if (cells.length > 1 || cells[0] !== '') records.push({ number, cells })
  }
  if (wrong === undefined) return { records, read: lines.length }
  records.push({ number: first + read, bad: unclosed })
  return { records, read: read + 1 }
}
