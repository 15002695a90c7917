/** Limits cardinality: only the first `maximum` names get series. */
import type { ExporterErrors } from './exporter-errors.ts'

export class CardinalityLimit {
  readonly #option: string
  readonly #maximum: number
  readonly #errors: ExporterErrors
  readonly #admitted = new Set<string>()

  constructor(option: string, maximum: number, errors: ExporterErrors) {
    this.#option = option
    this.#maximum = maximum
    this.#errors = errors
    errors.dropped(option, 0)
  }

  /** Whether `name` may have series; each refusal is counted. */
  admit(name: string): boolean {
    if (this.#admitted.has(name)) return true
    if (this.#admitted.size < this.#maximum) {
      this.#admitted.add(name)
      return true
    }
    this.#errors.dropped(this.#option)
    return false
  }

  release(name: string): void {
    this.#admitted.delete(name)
  }
}
