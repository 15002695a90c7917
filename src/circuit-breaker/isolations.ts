/** The isolations of a breaker: it stays isolated until the last of them is released. */
import type { Isolation } from './circuit.ts'

export class Isolations {
  /** Made by the first isolation: most breakers never have one. */
  #held: Set<Isolation> | undefined = undefined

  /** Calls `released` when the last isolation is released. */
  add(released: () => void): Isolation {
    this.#held ??= new Set()
    const held = this.#held
    const isolation: Isolation = {
      release: () => {
        if (held.delete(isolation) && held.size === 0) released()
      },
    }
    held.add(isolation)
    return isolation
  }

  /** Ends all isolations: releasing them later does nothing. */
  clear(): void {
    this.#held?.clear()
  }
}
