/**
 * Reads JSON: one value per line (NDJSON), a list, or one document with a list in it.
 *
 * Lines and lists are read as they arrive. A document must be read as a whole; if it is not valid JSON, its lines are read one
 * by one, so that the message names the broken line.
 */
import { InputError } from '../errors.ts'
import type { LogReading } from '../log-reading.ts'
import { JsonRecords } from './json-records.ts'
import { type JsonText, ListValues } from './list-values.ts'

export type JsonForm = 'lines' | 'list' | 'document'

/** The most characters of a document: V8 has no longer strings. */
const longest = 500_000_000

/** `head` is the beginning of the text; `byLines` is true if the name of the file means NDJSON. */
export function jsonForm(head: string, byLines: boolean): JsonForm {
  const text = head.trimStart()
  if (byLines) return 'lines'
  if (text.startsWith('[')) return 'list'
  const [first = ''] = text.split('\n', 1)
  // A single line may be a document as well; both are read the same way.
  if (first.length >= text.trimEnd().length) return 'document'
  return first.trimEnd().endsWith('}') && parsed(first) !== undefined ? 'lines' : 'document'
}

export class JsonLog {
  readonly #form: JsonForm
  readonly #reading: LogReading
  readonly #records: JsonRecords
  readonly #list: ListValues
  readonly #limit: number
  #began = false
  #rest: string[] = []
  #length = 0
  #number = 0

  constructor(form: JsonForm, reading: LogReading, limit = longest) {
    this.#form = form
    this.#reading = reading
    this.#records = new JsonRecords(reading)
    this.#list = new ListValues((value) => this.#value(value))
    this.#limit = limit
  }

  push(text: string): void {
    if (this.#form === 'list') this.#pushList(text)
    else if (this.#form === 'lines') this.#pushLines(text)
    else {
      this.#length += text.length
      if (this.#length > this.#limit) {
        throw new InputError('the document is too long: write one record per line, as in jq -c ".incidents[]"')
      }
      this.#rest.push(text)
    }
  }

  end(): void {
    if (this.#form === 'list' && !this.#list.isOver)
      throw new InputError('the list does not end: the file was truncated')
    const text = this.#rest.join('')
    this.#rest = []
    if (this.#form === 'lines') this.#line(text)
    else if (this.#form === 'document') this.#document(text)
  }

  #pushList(text: string): void {
    if (this.#began) this.#list.push(text)
    else {
      const at = text.indexOf('[')
      this.#began = at >= 0
      // Lines before the bracket count.
      if (this.#began) this.#list.push(`${text.slice(0, at)} ${text.slice(at + 1)}`)
    }
  }

  #pushLines(text: string): void {
    const lines = text.split('\n')
    const last = lines.pop() as string
    for (const line of lines) {
      this.#line(this.#rest.join('') + line)
      this.#rest = []
    }
    this.#rest.push(last)
  }

  #document(text: string): void {
    const value = parsed(text)
    if (value !== undefined) this.#records.take(1, value)
    else for (const line of text.split('\n')) this.#line(line)
  }

  #line(text: string): void {
    this.#number++
    if (text.trim() !== '') this.#value({ text, number: this.#number })
  }

  #value({ text, number }: JsonText): void {
    const value = parsed(text)
    if (value === undefined) this.#reading.bad.add(number, 'not valid JSON')
    else this.#records.take(number, value)
  }
}

/** Undefined for invalid JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
