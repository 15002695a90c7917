/** One record of a CSV file: a line without quotes as it is, or the cells that csv-parse made of lines with some. */
export interface CsvRecord {
  /** Where it begins in the file, from 1. */
  readonly number: number
  /** A line without quotes. */
  readonly line?: string
  /** The cells of one that has some, without blanks around them. */
  readonly cells?: readonly string[]
  /** Why it is none. */
  readonly bad?: string
}
