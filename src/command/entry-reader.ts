/**
 * Makes entries from the cells of a log, by its layout.
 *
 * The meaning of a word in the state column is looked up, never guessed. A column with words about the work on incidents, such
 * as `resolved`, does not name states; if the same column also has states, it is ambiguous and refused.
 */

import type { Instants } from './instants/instants.ts'
import type { LogLayout } from './layout/log-layout.ts'
import type { LogEntry } from './log-entry.ts'
import { badState, refusal } from './log-entry.ts'
import { isAbsent, isOngoing } from './words/absent.ts'
import { lengthOf } from './words/lengths.ts'
import { type Meaning, plainWord, StateWords, type WordMeanings } from './words/state-words.ts'

/** An entry, the reason why a record is invalid, or `skip`. */
export type EntryResult = LogEntry | { readonly why: string; readonly isWord?: boolean } | 'skip'

const badLength =
  'the duration cannot be read; a number needs a unit in the name of its column, such as duration_seconds'

export class EntryReader {
  readonly layout: LogLayout
  /** The number of entries it has read. */
  taken = 0
  /** The first word found that is about the work on an incident. */
  work: string | undefined = undefined
  readonly #instants: Instants
  readonly #words: StateWords
  #hasStates = false

  constructor(layout: LogLayout, words: WordMeanings, instants: Instants) {
    this.layout = layout
    this.#instants = instants
    this.#words = new StateWords(layout.format.words ?? {}, words)
  }

  entry(cells: readonly string[]): EntryResult {
    if (this.#isLeftOut(cells)) return 'skip'
    const { format } = this.layout
    const word = this.#word(cells)
    const meaning = word === '' ? undefined : this.#words.meaning(word)
    if (meaning === 'skip') return 'skip'
    const component = this.#component(cells)
    if (format.kind === 'states')
      return checked({ component, state: this.#stateOf(word, meaning), at: this.#at(cells) })
    const state = word === '' ? 'down' : this.#periodState(word, meaning)
    if (typeof state !== 'string') return state
    const start = this.#instants.read(first(cells, this.layout.start))
    const end = this.#end(cells, start)
    if (end === undefined) return { why: badLength }
    if (meaning === 'done' && end === Number.POSITIVE_INFINITY) {
      return { why: `it is ${JSON.stringify(word)}, but has no end` }
    }
    return checked({ component, state, start, end })
  }

  /** The cells of the state columns, joined; empty if all are. */
  #word(cells: readonly string[]): string {
    let word = ''
    for (const place of this.layout.state) {
      const text = cells[place] as string
      if (text === '' || (isAbsent(text) && this.#words.meaning(text) === undefined)) continue
      word = word === '' ? text : `${word}/${text}`
    }
    return word
  }

  #isLeftOut(cells: readonly string[]): boolean {
    const { only, without, format } = this.layout
    if (only.length === 0 && without.length === 0) return false
    const word = ([place]: readonly number[]): string => (place === undefined ? '' : plainWord(cells[place] as string))
    if (only.length > 0 && !format.only?.is.includes(word(only))) return true
    const text = word(without)
    return text !== '' && format.without?.is?.includes(text) !== false
  }

  #at(cells: readonly string[]): number {
    return this.#instants.read(first(cells, this.layout.at))
  }

  #stateOf(word: string, meaning: Meaning | undefined): string {
    return meaning === undefined || meaning === 'work' || meaning === 'done' ? word.toLowerCase() : meaning
  }

  #periodState(word: string, meaning: Meaning | undefined): string | { readonly why: string } {
    if (meaning === undefined) return word.toLowerCase()
    const isWork = meaning === 'work' || meaning === 'done'
    if (isWork) this.work ??= word
    else this.#hasStates = true
    if (this.work !== undefined && this.#hasStates) {
      return {
        why: `it is ${JSON.stringify(word)}, where other lines are ${isWork ? 'states' : JSON.stringify(this.work)}`,
      }
    }
    return isWork ? 'down' : meaning
  }

  #component(cells: readonly string[]): string {
    const { component, format, named } = this.layout
    if (component.length === 0) return format.name === 'holdfast' ? '' : 'all'
    if (component.length === 1 && !isAbsent(cells[component[0] as number] as string))
      return cells[component[0] as number] as string
    const names = component.map((place) => cells[place] as string)
    const known = names.filter((name) => !isAbsent(name))
    if (known.length === 0) return format.signs.length === 0 || named || format.name === 'holdfast' ? '' : 'all'
    if (named) return names.join('/')
    return format.joined === true ? known.join('/') : (known[0] as string)
  }

  #end(cells: readonly string[], start: number): number | undefined {
    const { end, length, over, unit, format } = this.layout
    const text = first(cells, end)
    if (!isOngoing(text)) return this.#instants.read(text)
    const took = first(cells, length)
    if (!isAbsent(took)) {
      const length = lengthOf(took, unit)
      return Number.isNaN(length) ? undefined : start + length
    }
    const [where, at] = over
    const isOver = where !== undefined && format.over?.is.includes(plainWord(cells[where] as string)) === true
    return isOver ? this.#instants.read(cells[at as number] as string) : Number.POSITIVE_INFINITY
  }
}

function first(cells: readonly string[], places: readonly number[]): string {
  for (const place of places) {
    const text = cells[place] as string
    if (!isAbsent(text)) return text
  }
  return ''
}

function checked(entry: LogEntry): EntryResult {
  const why = refusal(entry)
  return why === undefined ? entry : { why, isWord: why.startsWith(badState) }
}
