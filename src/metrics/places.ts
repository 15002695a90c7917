/** So many names have series, the first that came. Invariant: never more hold a place than there are. */
import type { Containment } from './containment.ts'

export class Places {
  readonly #limit: string
  readonly #most: number
  readonly #containment: Containment
  readonly #taken = new Set<string>()

  /** `limit` is the name of the option. */
  constructor(limit: string, most: number, containment: Containment) {
    this.#limit = limit
    this.#most = most
    this.#containment = containment
    containment.dropped(limit, 0)
  }

  /** Whether `name` has a place, or gets one; each time it does not is counted. */
  take(name: string): boolean {
    if (this.#taken.has(name)) return true
    if (this.#taken.size < this.#most) {
      this.#taken.add(name)
      return true
    }
    this.#containment.dropped(this.#limit)
    return false
  }

  leave(name: string): void {
    this.#taken.delete(name)
  }
}
