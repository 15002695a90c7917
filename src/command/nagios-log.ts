/** Reads the log of Icinga and Nagios, in which lines about states are among many others. */
import type { EntryReader } from './entry-reader.ts'
import { nagios, nagiosCells, nagiosFields } from './formats/nagios.ts'
import { fixedLayout } from './layout/layout.ts'
import type { LogReading } from './log-reading.ts'

export class NagiosLog {
  readonly #reading: LogReading
  readonly #reader: EntryReader
  #rest = ''
  #number = 0

  constructor(reading: LogReading) {
    this.#reading = reading
    this.#reader = reading.by(fixedLayout(nagiosFields, nagios, reading.asked.words))
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() as string
    for (const line of lines) this.#line(line)
  }

  end(): void {
    this.#line(this.#rest)
  }

  #line(line: string): void {
    this.#number++
    const cells = nagiosCells(line.trimEnd())
    if (cells === undefined) this.#reading.skipped += line === '' ? 0 : 1
    else {
      const { columns } = this.#reader.layout
      this.#reading.take(
        this.#number,
        this.#reader,
        columns.map((column) => cells[column] as string),
      )
    }
  }
}
