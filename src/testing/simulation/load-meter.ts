/**
 * The load that a simulated server measures and reports: means over about the last second, in which a moment counts less the
 * older it is (`exp(-age / tau)`).
 */
import type { Milliseconds } from '../../core/duration.ts'

const tau = 1000

export interface MeteredLoad {
  /** Mean share of its slots in use, 0 to 1; 0 where its capacity is Infinity. */
  readonly utilisation: number
  /** Answers per second, including errors. */
  readonly rate: number
  /** Errors per second. */
  readonly errors: number
}

export class LoadMeter {
  #at: Milliseconds = 0
  #inUse = 0
  #utilisation = 0
  #rate = 0
  #errors = 0

  /** Sets the share of slots in use from `now` on. */
  use(share: number, now: Milliseconds): void {
    this.#decay(now)
    this.#inUse = share
  }

  answered(ok: boolean, now: Milliseconds): MeteredLoad {
    this.#decay(now)
    const one = 1000 / tau
    this.#rate += one
    if (!ok) this.#errors += one
    return { utilisation: this.#utilisation, rate: this.#rate, errors: this.#errors }
  }

  #decay(now: Milliseconds): void {
    const kept = Math.exp((this.#at - now) / tau)
    this.#at = now
    this.#utilisation = this.#inUse + kept * (this.#utilisation - this.#inUse)
    this.#rate *= kept
    this.#errors *= kept
  }
}
