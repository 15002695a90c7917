/**
 * The records of a CSV file (RFC 4180), piece by piece as the text comes.
 *
 * A line without a quote is split at its separators, without a parser; most lines of most logs are such. Lines with quotes are
 * collected until their quotes are balanced, and csv-parse reads them.
 * Invariant: the collected text is never longer than `longest`, so a quote that is never closed spoils only its own line.
 */
import type { CsvRecord } from './csv-record.ts'
import { quotedRecords } from './quoted.ts'

/** The most characters in one cell with line breaks, or in a batch of lines with quotes. */
const longest = 1 << 20
/** Lines in such a batch. */
const most = 512

export class CsvRecords {
  readonly #separator: string
  readonly #to: (record: CsvRecord) => void
  #number = 0
  /** The pieces of an incomplete line. */
  #rest: string[] = []
  /** Lines that wait for csv-parse; their first has the number `#first`. */
  #held: string[] = []
  #first = 0
  #size = 0
  #isOpen = false
  /** A call of csv-parse costs as much as ten lines, so it gets more lines at once where quotes are frequent. */
  #batch = 1
  #plain = 0

  constructor(separator: string, to: (record: CsvRecord) => void) {
    this.#separator = separator
    this.#to = to
  }

  push(text: string): void {
    let from = 0
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      const end = text.slice(from, to)
      if (this.#rest.length === 0) this.#line(end)
      else {
        this.#rest.push(end)
        const line = this.#rest.join('')
        this.#rest = []
        this.#line(line)
      }
      from = to + 1
    }
    if (from < text.length) this.#rest.push(text.slice(from))
  }

  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest.join(''))
    this.#rest = []
    while (this.#held.length > 0) this.#flush()
  }

  #line(text: string): void {
    const number = ++this.#number
    const line = text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text
    const quotes = quotesIn(line)
    if (quotes === 0 && this.#held.length === 0) {
      this.#plain++
      if (line !== '') this.#to({ number, line })
      return
    }
    if (this.#held.length === 0) {
      this.#first = number
      this.#batch = this.#plain < 16 ? Math.min(most, 2 * this.#batch) : 1
      this.#plain = 0
    }
    // csv-parse counts each return as the end of a line.
    this.#held.push(line.replaceAll('\r', ' '))
    this.#size += line.length
    if (quotes % 2 === 1) this.#isOpen = !this.#isOpen
    if (this.#isOpen ? this.#size > longest : this.#held.length >= this.#batch || this.#size > longest) this.#flush()
  }

  #flush(): void {
    const { records, read } = quotedRecords(this.#held, this.#first, this.#separator)
    for (const record of records) this.#to(record)
    const left = this.#held.slice(read)
    this.#held = []
    this.#size = 0
    this.#isOpen = false
    this.#number -= left.length
    for (const line of left) this.#line(line)
  }
}

function quotesIn(line: string): number {
  let count = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++
  return count
}
