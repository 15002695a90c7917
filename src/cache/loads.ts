/**
 * Which of the work that runs may still store its value.
 *
 * The work for a key that began since the key was last invalidated, or primed, is one generation. What an earlier generation gives
 * is delivered, but not stored. Of two in the same generation that both settle, the one that began later is kept. A call may
 * have joined work that began before it: that counts by its own beginning.
 * Invariant: the table holds the present generation of a key exactly while work of it runs.
 */

import { startEpoch } from '../core/admission-epoch.ts'
import { joinedFrom } from '../core/call/launched.ts'
import type { Scope } from '../core/hooks.ts'
import type { StoredEntry } from './entry.ts'

class Generation {
  readonly key: string
  current = true
  running = 0
  /** The order of the latest that was stored. */
  stored = 0

  constructor(key: string) {
    this.key = key
  }
}

/** Work for a key that runs. */
export class Load {
  readonly generation: Generation
  /** The entry there was when it began. */
  readonly entry: StoredEntry | undefined
  readonly #order: number

  constructor(generation: Generation, order: number, entry: StoredEntry | undefined) {
    this.generation = generation
    this.entry = entry
    this.#order = order
  }

  get key(): string {
    return this.generation.key
  }

  /** Whether its key was neither invalidated nor primed since it began. */
  get current(): boolean {
    return this.generation.current
  }

  /** Whether its value is the latest one of its generation. */
  get latest(): boolean {
    return this.current && this.#order > this.generation.stored
  }

  stored(): void {
    this.generation.stored = this.#order
  }
}

export class Loads {
  readonly #generations = new Map<string, Generation>()
  #begun = 0
  /** The epoch that began when a key was last superseded. */
  #since = 0

  begin(key: string, entry: StoredEntry | undefined): Load {
    let generation = this.#generations.get(key)
    if (generation === undefined) {
      generation = new Generation(key)
      this.#generations.set(key, generation)
    }
    generation.running++
    return new Load(generation, ++this.#begun, entry)
  }

  /** The work has settled, or was given up. */
  end({ generation }: Load): void {
    if (--generation.running === 0 && generation.current) this.#generations.delete(generation.key)
  }

  /** The keys whose work runs. */
  keys(): readonly string[] {
    return [...this.#generations.keys()]
  }

  /** Whether the value that `scope` brought may be stored. */
  mayStore(load: Load, scope: Scope): boolean {
    return load.latest && joinedFrom(scope) >= this.#since
  }

  /** What runs for the key must not be stored. */
  supersede(key: string): void {
    this.#since = startEpoch()
    const generation = this.#generations.get(key)
    if (generation === undefined) return
    generation.current = false
    this.#generations.delete(key)
  }

  supersedeAll(): void {
    this.#since = startEpoch()
    for (const generation of this.#generations.values()) generation.current = false
    this.#generations.clear()
  }
}
