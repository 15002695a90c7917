/**
 * The facts as they were told last, as JSON by id, and what has changed since.
 *
 * Each source is looked at by itself: where one fails, what it said before holds and the rest goes on. Invariant: `#told` is
 * what a page has that got everything up to now.
 */
import type { Events } from '../../../core/events.ts'
import { json } from '../json.ts'
import type { Fact } from '../wire/facts.ts'

export type Told = readonly [id: string, fact: Fact]

/** What facts come from. */
export interface FactSource {
  /** Stands in faults. */
  readonly source: string
  facts(): readonly Told[]
}

export interface Changes {
  /** Members of a JSON object. */
  readonly set: readonly string[]
  /** Elements of a JSON array. */
  readonly gone: readonly string[]
}

/** A source that gives a fact again has it not written again. */
interface Written {
  readonly fact: Fact
  readonly text: string
}

export class Board {
  readonly #events: Events
  readonly #sources = new Map<FactSource, readonly Told[]>()
  #told = new Map<string, Written>()

  constructor(events: Events) {
    this.#events = events
  }

  add(source: FactSource): void {
    this.#sources.set(source, [])
  }

  remove(source: FactSource): void {
    this.#sources.delete(source)
  }

  /** All of them, as the members of a JSON object. */
  get all(): readonly string[] {
    return [...this.#told].map(([id, { text }]) => member(id, text))
  }

  /** Looks at every source. */
  look(): Changes {
    const told = new Map<string, Written>()
    const set: string[] = []
    for (const source of this.#sources.keys()) {
      for (const [id, fact] of this.#read(source)) {
        const before = this.#told.get(id)
        const written = before?.fact === fact ? before : { fact, text: json(fact) }
        told.set(id, written)
        if (before?.text !== written.text) set.push(member(id, written.text))
      }
    }
    const gone = [...this.#told.keys()].filter((id) => !told.has(id)).map(json)
    this.#told = told
    return { set, gone }
  }

  #read(source: FactSource): readonly Told[] {
    try {
      this.#sources.set(source, source.facts())
    } catch (error) {
      this.#events.fault(source.source, error)
    }
    return this.#sources.get(source) as readonly Told[]
  }
}

function member(id: string, text: string): string {
  return `${json(id)}:${text}`
}
