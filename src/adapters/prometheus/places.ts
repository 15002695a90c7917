/** So many names have series, the first that came. Invariant: never more hold a place than there are. */
import type { Exposition } from './exposition.ts'

export class Places {
  readonly #limit: string
  readonly #most: number
  readonly #exposition: Exposition
  readonly #taken = new Set<string>()

  /** `limit` is the name of the option. */
  constructor(limit: string, most: number, exposition: Exposition) {
    this.#limit = limit
    this.#most = most
    this.#exposition = exposition
    exposition.dropped(limit, 0)
  }

  /** Whether `name` has a place, or gets one; each time it does not is counted. */
  take(name: string): boolean {
    if (this.#taken.has(name)) return true
    if (this.#taken.size < this.#most) {
      this.#taken.add(name)
      return true
    }
    this.#exposition.dropped(this.#limit)
    return false
  }

  leave(name: string): void {
    this.#taken.delete(name)
  }
}
