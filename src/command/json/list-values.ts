/**
 * Splits a JSON array into its values as the text arrives, since a list may not fit into memory.
 *
 * It scans only brackets, quotes and commas, to find where a value ends; `JSON.parse` reads the value.
 */

export interface JsonText {
  readonly text: string
  /** The number of its first line, from 1. */
  readonly number: number
}

const outside = /["[\]{},]/g
const inside = /["\\]/g

export class ListValues {
  readonly #to: (value: JsonText) => void
  #depth = 0
  #quoted = false
  /** Whether the last character was a backslash, which escapes the next one. */
  #escaped = false
  /** The value so far. */
  #kept: string[] = []
  #number = 1

  constructor(to: (value: JsonText) => void) {
    this.#to = to
  }

  /** Whether the end of the list has been reached. */
  get isOver(): boolean {
    return this.#depth < 0
  }

  /** The first piece must be without the opening bracket. */
  push(text: string): void {
    let from = 0
    let at = this.#escaped ? 1 : 0
    this.#escaped = false
    while (at < text.length) {
      const marks = this.#quoted ? inside : outside
      marks.lastIndex = at
      const mark = marks.exec(text)?.[0]
      if (mark === undefined) break
      at = marks.lastIndex
      if (mark === '"') this.#quoted = !this.#quoted
      else if (mark === '\\') this.#escaped = ++at > text.length
      else if (mark === '[' || mark === '{') this.#depth++
      else if (mark === ',' ? this.#depth === 0 : --this.#depth < 0) {
        this.#give(text.slice(from, at - 1))
        from = at
        if (this.isOver) return
      }
    }
    this.#kept.push(text.slice(from))
  }

  #give(last: string): void {
    this.#kept.push(last)
    const text = this.#kept.join('')
    this.#kept = []
    const value = text.trimStart()
    const number = this.#number + breaksIn(text.slice(0, text.length - value.length))
    this.#number = number + breaksIn(value)
    if (value.trim() !== '') this.#to({ text: value, number })
  }
}

export function breaksIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
