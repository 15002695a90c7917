/** The state of reading a log: its entries, the lines that could not be read, and how it was interpreted. */
import { BadLines } from './bad-lines.ts'
import { EntryReader } from './entry-reader.ts'
import type { Instants } from './instants/instants.ts'
import type { LayoutOptions } from './layout/layout-options.ts'
import type { LogLayout } from './layout/log-layout.ts'
import { LogContents } from './log-contents.ts'

/** Collects the records of a log, one after another. */
export class LogReading {
  readonly asked: LayoutOptions
  readonly contents = new LogContents()
  readonly bad = new BadLines()
  /** The number of lines that the format skips. */
  skipped = 0
  /** Whether a word for a state was unknown. */
  unknownWord = false
  /** Whether it is a log of incidents, even without any. */
  hasIncidents = false
  readonly readers: EntryReader[] = []
  readonly #instants: Instants

  constructor(asked: LayoutOptions, instants: Instants) {
    this.asked = asked
    this.#instants = instants
  }

  by(layout: LogLayout): EntryReader {
    const reader = new EntryReader(layout, this.asked.words, this.#instants)
    this.hasIncidents ||= layout.format.kind === 'incidents'
    this.readers.push(reader)
    return reader
  }

  take(number: number, reader: EntryReader, cells: readonly string[], closes = false): void {
    const result = reader.entry(cells)
    if (result === 'skip') this.skipped++
    else if ('why' in result) {
      this.bad.add(number, result.why)
      this.unknownWord ||= result.isWord === true
    } else {
      reader.taken++
      this.contents.take(result, closes)
    }
  }
}
