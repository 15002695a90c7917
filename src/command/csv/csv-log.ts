/** Reads a CSV file: a header names the columns. */
import type { EntryReader } from '../entry-reader.ts'
import { InputError } from '../errors.ts'
import { layoutOf } from '../layout/layout.ts'
import type { LogReading } from '../log-reading.ts'
import type { CsvRecord } from './csv-record.ts'
import { allCells, cellsOf } from './plain-cells.ts'
import { CsvRecords } from './records.ts'

export class CsvLog {
  readonly #separator: string
  readonly #reading: LogReading
  readonly #records: CsvRecords
  #reader: EntryReader | undefined = undefined

  constructor(separator: string, reading: LogReading) {
    this.#separator = separator
    this.#reading = reading
    this.#records = new CsvRecords(separator, (record) => this.#take(record))
  }

  push(text: string): void {
    this.#records.push(text)
  }

  end(): void {
    this.#records.end()
    if (this.#reader === undefined) throw new InputError('the file is empty')
  }

  #take({ number, line, cells, bad }: CsvRecord): void {
    if (bad !== undefined) {
      if (this.#reader === undefined) throw new InputError(`line ${number}: ${bad}`)
      this.#reading.bad.add(number, bad)
      return
    }
    if (this.#reader === undefined) {
      this.#head(cells ?? allCells(line as string, this.#separator))
      return
    }
    const { columns } = this.#reader.layout
    const wanted =
      cells === undefined
        ? cellsOf(line as string, this.#separator, columns)
        : columns.map((column) => cells[column] ?? '')
    this.#reading.take(number, this.#reader, wanted)
  }

  #head(names: readonly string[]): void {
    // Excel's own line, which names the separator.
    if (names.length === 2 && names[0] === 'sep=') return
    const layout = layoutOf(names, this.#reading.asked, false)
    if ('why' in layout) throw new InputError(layout.why)
    this.#reader = this.#reading.by(layout)
  }
}
