/** So many names have series, the first that came. Invariant: never more hold a place than there are. */
import type { ExporterErrors } from './exporter-errors.ts'

export class CardinalityLimit {
  readonly #limit: string
  readonly #most: number
  readonly #errors: ExporterErrors
  readonly #taken = new Set<string>()

  /** `limit` is the name of the option. */
  constructor(limit: string, most: number, errors: ExporterErrors) {
    this.#limit = limit
    this.#most = most
    this.#errors = errors
    errors.dropped(limit, 0)
  }

  /** Whether `name` has a place, or gets one; each time it does not is counted. */
  take(name: string): boolean {
    if (this.#taken.has(name)) return true
    if (this.#taken.size < this.#most) {
      this.#taken.add(name)
      return true
    }
    this.#errors.dropped(this.#limit)
    return false
  }

  leave(name: string): void {
    this.#taken.delete(name)
  }
}
