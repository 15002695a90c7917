/**
 * The latest facts of all sources, as JSON by id, and what has changed since the previous reading.
 *
 * Each source is read by itself: if one throws, its previous facts stay and the others are read. Invariant: `#facts` equals
 * the facts of a page that got every change.
 */
import type { Events } from '../../../core/events.ts'
import { json, jsonMember } from '../wire/encoding.ts'
import type { Fact } from '../wire/facts.ts'

export type FactEntry = readonly [id: string, fact: Fact]

export interface FactSource {
  /** The source in fault events. */
  readonly source: string
  facts(): readonly FactEntry[]
}

export interface FactChanges {
  /** Members of a JSON object. */
  readonly set: readonly string[]
  /** Elements of a JSON array. */
  readonly removed: readonly string[]
}

/** A source that returns the same object again saves its encoding. */
interface EncodedFact {
  readonly fact: Fact
  readonly text: string
}

export class FactStore {
  readonly #events: Events
  readonly #sources = new Map<FactSource, readonly FactEntry[]>()
  #facts = new Map<string, EncodedFact>()

  constructor(events: Events) {
    this.#events = events
  }

  add(source: FactSource): void {
    this.#sources.set(source, [])
  }

  remove(source: FactSource): void {
    this.#sources.delete(source)
  }

  /** All facts, as the members of a JSON object. */
  get all(): readonly string[] {
    return [...this.#facts].map(([id, { text }]) => jsonMember(id, text))
  }

  /** Reads every source. */
  refresh(): FactChanges {
    const facts = new Map<string, EncodedFact>()
    const set: string[] = []
    for (const source of this.#sources.keys()) {
      for (const [id, fact] of this.#read(source)) {
        const before = this.#facts.get(id)
        const encoded = before?.fact === fact ? before : { fact, text: json(fact) }
        facts.set(id, encoded)
        if (before?.text !== encoded.text) set.push(jsonMember(id, encoded.text))
      }
    }
    const removed = [...this.#facts.keys()].filter((id) => !facts.has(id)).map(json)
    this.#facts = facts
    return { set, removed }
  }

  #read(source: FactSource): readonly FactEntry[] {
    try {
      this.#sources.set(source, source.facts())
    } catch (error) {
      this.#events.fault(source.source, error)
    }
    return this.#sources.get(source) as readonly FactEntry[]
  }
}
