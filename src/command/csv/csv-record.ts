/** One record of a CSV file: a line without quotes as it is, or the cells that csv-parse made of lines with some. */
export interface CsvRecord {
  /** The number of its first line, from 1. */
  readonly number: number
  /** A line without quotes. */
  readonly line?: string
  /** The trimmed cells of lines with quotes. */
  readonly cells?: readonly string[]
  /** Why it cannot be read. */
  readonly bad?: string
}
