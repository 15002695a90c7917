/**
 * What a simulated server knows of its own load: means over about the last second, each moment counting less the older it
 * is (`exp(-age / tau)`), as servers compute what they report.
 */
import type { Milliseconds } from '../../core/duration.ts'

const tau = 1000

export interface MeteredLoad {
  /** Mean share of its slots in use, 0 to 1; 0 where it has slots without end. */
  readonly utilisation: number
  /** Answers in a second, good and bad. */
  readonly rate: number
  /** Of those, the bad ones in a second. */
  readonly errors: number
}

export class LoadMeter {
  #at: Milliseconds = 0
  #inUse = 0
  #utilisation = 0
  #rate = 0
  #errors = 0

  /** From now on this share of the slots is in use. */
  use(share: number, now: Milliseconds): void {
    this.#fade(now)
    this.#inUse = share
  }

  answered(ok: boolean, now: Milliseconds): MeteredLoad {
    this.#fade(now)
    const one = 1000 / tau
    this.#rate += one
    if (!ok) this.#errors += one
    return { utilisation: this.#utilisation, rate: this.#rate, errors: this.#errors }
  }

  #fade(now: Milliseconds): void {
    const kept = Math.exp((this.#at - now) / tau)
    this.#at = now
    this.#utilisation = this.#inUse + kept * (this.#utilisation - this.#inUse)
    this.#rate *= kept
    this.#errors *= kept
  }
}
