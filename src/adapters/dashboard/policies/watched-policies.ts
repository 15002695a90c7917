/** The policies that are watched, each with all that is inside of it. */
import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import type { Board } from '../facts/fact-store.ts'
import type { CallCounts } from '../wire/facts.ts'
import { PartBook } from './policy-views.ts'
import { Root } from './watched-policy.ts'

export class Policies {
  readonly book: PartBook
  readonly #board: Board
  readonly #roots = new Map<string, Root>()

  constructor(board: Board, clock: Clock) {
    this.#board = board
    this.book = new PartBook(board, clock)
  }

  /** Those that are watched for themselves. */
  get names(): Iterable<string> {
    return this.#roots.keys()
  }

  /** What calls come to, by the name of the policy. */
  get counts(): Readonly<Record<string, CallCounts>> {
    return Object.fromEntries([...this.#roots].map(([name, root]) => [name, root.counts]))
  }

  get size(): number {
    return this.#roots.size
  }

  /** Gives a function that ends it. */
  watch(policy: BasePolicy): () => void {
    const root = new Root(policy, this.book)
    this.#roots.set(policy.name, root)
    this.#board.add(root)
    return () => {
      if (this.#roots.get(policy.name) !== root) return
      this.#roots.delete(policy.name)
      this.#board.remove(root)
      root.stop()
    }
  }

  stop(): void {
    for (const root of this.#roots.values()) {
      this.#board.remove(root)
      root.stop()
    }
    this.#roots.clear()
  }
}
