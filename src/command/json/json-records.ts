/** Reads JSON objects as records: one layout for all that have the same fields. */
import type { EntryReader } from '../entry-reader.ts'
import { layoutOf, type NoLayout } from '../layout/layout.ts'
import type { LogLayout } from '../layout/log-layout.ts'
import type { LogReading } from '../log-reading.ts'
import { flatRecord, isObject, type JsonObject } from './flat-record.ts'
import { listIn, recordsIn } from './lists.ts'

/** The number of sets of fields to remember; a log has a few. */
const kept = 1000

const ofTracker = 'an event of a tracker, whose times are valid only in its own process'

export class JsonRecords {
  readonly #reading: LogReading
  readonly #known = new Map<string, EntryReader | NoLayout>()
  #last: { readonly value: JsonObject; readonly fields: ReadonlyMap<string, string> } | undefined = undefined
  readonly #readers = new Map<string, EntryReader>()

  constructor(reading: LogReading) {
    this.#reading = reading
  }

  /** Adds a value found at a line: a record, or a container of records. */
  take(number: number, value: unknown): void {
    if (listIn(value) === 'incidents' || listIn(value) === 'outages') this.#reading.hasIncidents = true
    for (const one of recordsIn(value, (record) => this.#isRecord(record))) this.#one(number, one)
  }

  #isRecord(value: JsonObject): boolean {
    const fields = this.#flat(value)
    return fields.size > 0 && !('why' in this.#readerOf(fields))
  }

  /** Cached, since it is needed more than once for a record. */
  #flat(value: JsonObject): ReadonlyMap<string, string> {
    if (this.#last?.value !== value) this.#last = { value, fields: flatRecord(value) }
    return this.#last.fields
  }

  #one(number: number, value: unknown): void {
    if (!isObject(value)) {
      this.#reading.bad.add(number, 'not a JSON object')
      return
    }
    const each = this.#each(value)
    if (each === undefined) this.#record(number, this.#flat(value))
    else for (const part of each) this.#record(number, flatRecord(part))
  }

  /** Splits a record with a list into one record for each element of the list. */
  #each(value: JsonObject): readonly JsonObject[] | undefined {
    const reader = this.#readerOf(this.#flat(value))
    const name = 'why' in reader ? undefined : reader.layout.format.each
    const list = name === undefined ? undefined : value[name]
    if (name === undefined || !Array.isArray(list) || list.length === 0) return undefined
    return list.map((part) => ({ ...value, [name]: part }))
  }

  #record(number: number, fields: ReadonlyMap<string, string>): void {
    const { bad } = this.#reading
    const reader = this.#readerOf(fields)
    if (fields.has('startCensored')) bad.add(number, ofTracker)
    else if ('why' in reader) bad.add(number, reader.why)
    else {
      const values = [...fields.values()]
      const cells = reader.layout.columns.map((column) => values[column] ?? '')
      this.#reading.take(number, reader, cells, true)
    }
  }

  #readerOf(fields: ReadonlyMap<string, string>): EntryReader | NoLayout {
    const names = [...fields.keys()]
    const key = names.join('\n')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const layout = layoutOf(names, this.#reading.asked, true)
    const made = 'why' in layout ? layout : this.#reader(layout)
    if (this.#known.size >= kept) this.#known.clear()
    this.#known.set(key, made)
    return made
  }

  /** Sets of fields with the same layout share a reader. */
  #reader(layout: LogLayout): EntryReader {
    const key = JSON.stringify(layout)
    let reader = this.#readers.get(key)
    if (reader === undefined) {
      reader = this.#reading.by(layout)
      this.#readers.set(key, reader)
    }
    return reader
  }
}
