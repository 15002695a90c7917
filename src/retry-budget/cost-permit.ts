/** A permit of which something comes back: each only once. */
import type { Permit } from './budget.ts'

export class CostPermit implements Permit {
  #released: (() => void) | undefined
  #succeeded: (() => void) | undefined

  constructor(released: (() => void) | undefined, succeeded: (() => void) | undefined) {
    this.#released = released
    this.#succeeded = succeeded
  }

  release(): void {
    const released = this.#released
    this.#released = undefined
    released?.()
  }

  refund(): void {
    const succeeded = this.#succeeded
    this.#succeeded = undefined
    succeeded?.()
  }
}
