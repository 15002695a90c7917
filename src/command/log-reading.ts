/** What has been read of a log so far: what it says, what could not be read, and what was understood on the way. */
import { BadLines } from './bad-lines.ts'
import { EntryReader } from './entry-reader.ts'
import type { Instants } from './instants/instants.ts'
import type { LayoutOptions, LogLayout } from './layout.ts'
import { LogContents } from './log-contents.ts'

/** Told how records are to be read, and of one after the other. */
export class LogReading {
  readonly asked: LayoutOptions
  readonly contents = new LogContents()
  readonly bad = new BadLines()
  /** Lines that were left out as the format wants it. */
  skipped = 0
  /** A word for a state was not known. */
  unknownWord = false
  /** It is about incidents, even where there are none. */
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
