/** Counts the requests of one member, for the result of a simulation. */
import type { Milliseconds } from '../../core/duration.ts'
import type { MemberResult } from './results.ts'
import { TimeMean } from './statistics.ts'

/** Only requests of counted calls are included. */
export class MemberTally {
  attempts = 0
  firstAttempts = 0
  served = 0
  failures = 0
  readonly waiting = new TimeMean()
  readonly busy = new TimeMean()
  #begun = 0
  #waited = 0

  begin(now: Milliseconds): void {
    this.waiting.begin(now)
    this.busy.begin(now)
  }

  end(now: Milliseconds): void {
    this.waiting.end(now)
    this.busy.end(now)
  }

  attempted(first: boolean): void {
    this.attempts++
    if (first) this.firstAttempts++
  }

  /** The service of a request began after this wait in the queue. */
  began(wait: Milliseconds): void {
    this.#begun++
    this.#waited += wait
  }

  result(firstOfAll: number): MemberResult {
    const { attempts, firstAttempts, served, failures } = this
    return {
      attempts,
      firstAttempts,
      share: firstOfAll === 0 ? 0 : firstAttempts / firstOfAll,
      served,
      failures,
      unanswered: attempts - served - failures,
      meanWait: this.#begun === 0 ? null : this.#waited / this.#begun,
      meanQueue: this.waiting.mean,
      meanBusy: this.busy.mean,
    }
  }
}
