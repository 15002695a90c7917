/**
 * All parts of the policies that are watched, each once, where it was met first, however often it stands somewhere.
 *
 * Two of one kind and name in one place are told apart by their order, outermost first: `timeout` and `timeout#2`.
 * Invariant: a part is on the board, and has its id, exactly while somebody holds it.
 */
import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import { leavesOf } from '../../../metrics/leaves.ts'
import type { Board } from '../facts/fact-store.ts'
import type { Within } from '../wire/facts.ts'
import { BreakerPart } from './breaker-view.ts'
import type { Part, Place } from './policy-view.ts'
import { type Held, type Holding, PoolPart } from './pool-view.ts'
import { BulkheadPart, CounterPart } from './simple-views.ts'

interface Entry {
  readonly part: Part
  holders: number
}

/** How the ids of each kind begin. */
const prefixes: Readonly<Record<string, string>> = {
  circuitBreaker: 'breaker',
  bulkhead: 'bulkhead',
  failoverPool: 'pool',
  retry: 'retry',
  timeout: 'timeout',
  fallback: 'fallback',
}

export class PartBook implements Holding {
  readonly #board: Board
  readonly #clock: Clock
  readonly #entries = new Map<BasePolicy, Entry>()
  readonly #ids = new Map<string, Part>()

  constructor(board: Board, clock: Clock) {
    this.#board = board
    this.#clock = clock
  }

  /** The parts that are held now. */
  get parts(): Iterable<Part> {
    return this.#ids.values()
  }

  part(id: string): Part | undefined {
    return this.#ids.get(id)
  }

  /** Holds the part of a policy; undefined for one that has none. */
  take(policy: BasePolicy, within: Within): Part | undefined {
    if (!Object.hasOwn(prefixes, policy.kind)) return undefined
    let entry = this.#entries.get(policy)
    if (entry === undefined) {
      entry = { part: this.#made(policy, within), holders: 0 }
      this.#entries.set(policy, entry)
    }
    entry.holders++
    return entry.part
  }

  /** Lets go of what `take` gave. */
  leave(policy: BasePolicy): void {
    const entry = this.#entries.get(policy)
    if (entry === undefined || --entry.holders > 0) return
    this.#entries.delete(policy)
    this.#ids.delete(entry.part.place.id)
    this.#board.remove(entry.part)
    entry.part.stop()
  }

  hold(policy: BasePolicy, within: Within): Held {
    const leaves = leavesOf(policy)
    const parts = leaves.map((leaf) => this.take(leaf, within))
    const breaker = parts.find((part) => part instanceof BreakerPart)
    return {
      breaker: breaker?.place.id ?? null,
      stop: () => {
        for (const leaf of leaves) this.leave(leaf)
      },
    }
  }

  #made(policy: BasePolicy, within: Within): Part {
    const place = this.#place(policy, within)
    const part = this.#partOf(place)
    this.#ids.set(place.id, part)
    this.#board.add(part)
    return part
  }

  #partOf(place: Place): Part {
    const { kind } = place.policy
    if (kind === 'circuitBreaker') return new BreakerPart(place)
    if (kind === 'bulkhead') return new BulkheadPart(place)
    return kind === 'failoverPool' ? new PoolPart(place, this) : new CounterPart(place)
  }

  #place(policy: BasePolicy, within: Within): Place {
    const { kind, name: own } = policy
    for (let count = 1; ; count++) {
      const name = count === 1 ? own : `${own}#${count}`
      const id = `${prefixes[kind]}:${JSON.stringify([within.policy, within.pool, within.member, name])}`
      if (!this.#ids.has(id)) return { policy, id, name, within, clock: this.#clock }
    }
  }
}
