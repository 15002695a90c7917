/** Who keeps a breaker isolated: it stays so until the last of them has let go. */
import type { Isolation } from './circuit.ts'

export class Isolations {
  /** Made by the first, as most breakers never see one. */
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

  /** Releasing what is held now does nothing any more. */
  clear(): void {
    this.#held?.clear()
  }
}
