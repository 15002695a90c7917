/**
 * What a closed breaker counts, and when that trips it: failures in a row, the share of failures in a window, and the
 * share of slow calls in a window.
 *
 * A call that is slow counts once: as soon as it is overdue, while it still runs, or when it ends.
 */
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { CountWindow } from '../stats/count-window.ts'
import type { ResultWindow } from '../stats/result-window.ts'
import { TimeWindow } from '../stats/time-window.ts'
import type { OpenCause } from './events.ts'
import type { ResolvedBreakerOptions } from './options.ts'
import type { BreakerPermit, PermitList } from './permit.ts'
import type { CircuitCounts } from './snapshot.ts'
import { reached } from './trial.ts'

/** Why and since when the breaker has to open. */
export interface Trip {
  readonly cause: OpenCause
  /** When the first failure, or slow call, of the run or window was counted. */
  readonly since: Milliseconds
  readonly now: Milliseconds
}

/** In a window of this length in ms, 50 ms make no difference: a bucket is ten times as long. */
const coarseFrom = 5000

export class Tally {
  readonly #rules: ResolvedBreakerOptions
  readonly #failures: ResultWindow | undefined
  readonly #slow: ResultWindow | undefined
  /** `clock.recent()` is exact enough to choose the bucket of a success. */
  readonly #coarse: boolean
  #run = 0
  #runSince = 0

  constructor(rules: ResolvedBreakerOptions) {
    this.#rules = rules
    if (rules.failureRate !== undefined) this.#failures = windowOf(rules)
    this.#coarse = typeof rules.window === 'number' && rules.window >= coarseFrom
    if (rules.slowCallRate !== undefined) this.#slow = windowOf(rules)
  }

  /** Every call needs a permit, because it may become slow. */
  get watches(): boolean {
    return this.#slow !== undefined
  }

  record(failed: boolean, permit: BreakerPermit | undefined, clock: Clock): Trip | undefined {
    if (!failed && permit === undefined) return this.good(clock)
    const now = clock.now()
    if (failed && this.#run++ === 0) this.#runSince = now
    if (!failed) this.#run = 0
    this.#failures?.record(failed, now, now)
    if (permit !== undefined && !permit.slow) this.#slow?.record(this.isSlow(permit, now), now, this.slowSince(permit))
    const { consecutiveFailures } = this.#rules
    if (consecutiveFailures !== undefined && this.#run >= consecutiveFailures) {
      return { cause: 'consecutive', since: this.#runSince, now }
    }
    if (this.#tooMany) return this.#rateTrip(now)
    return permit === undefined ? undefined : this.#tooSlow(now)
  }

  /** A success. Reads the clock only to choose a bucket, and `now()` only if buckets are short. */
  good(clock: Clock): Trip | undefined {
    this.#run = 0
    const failures = this.#failures
    if (failures === undefined) return undefined
    failures.record(false, this.#coarse ? (clock.recent?.() ?? clock.now()) : failures.dated ? clock.now() : 0, 0)
    // A success trips the rule too if it is the call that fills `minimumCalls`.
    return failures.bad > 0 && this.#tooMany ? this.#rateTrip(clock.now()) : undefined
  }

  get #tooMany(): boolean {
    const { failureRate, minimumCalls } = this.#rules
    const failures = this.#failures
    return (
      failures !== undefined && failures.total >= minimumCalls && reached(failures.bad, failureRate, failures.total)
    )
  }

  #rateTrip(now: Milliseconds): Trip {
    return { cause: 'rate', since: (this.#failures as ResultWindow).firstBad(now), now }
  }

  /** Counts the running calls that are slow by now, and removes their permits. */
  countOverdue(watched: PermitList, now: Milliseconds): Trip | undefined {
    for (let permit = watched.head; permit !== undefined && this.isSlow(permit, now); permit = watched.head) {
      watched.remove(permit)
      permit.slow = true
      this.#slow?.record(true, now, this.slowSince(permit))
    }
    return this.#tooSlow(now)
  }

  isSlow(permit: BreakerPermit, now: Milliseconds): boolean {
    const { slowCallAfter } = this.#rules
    return slowCallAfter !== undefined && now - permit.admittedAt > slowCallAfter
  }

  slowSince(permit: BreakerPermit): Milliseconds {
    return permit.admittedAt + (this.#rules.slowCallAfter as Milliseconds)
  }

  saved(now: Milliseconds): CircuitCounts {
    return {
      row: this.#run,
      rowAge: this.#run > 0 ? Math.max(0, now - this.#runSince) : 0,
      failures: this.#failures?.saved(now) ?? [],
      slow: this.#slow?.saved(now) ?? [],
    }
  }

  /** Continues with the counts of a snapshot, which was taken at `at` on the clock of this breaker. */
  restore({ row, rowAge, failures, slow }: CircuitCounts, at: Milliseconds): void {
    this.#run = row
    this.#runSince = at - rowAge
    this.#failures?.restore(failures, at)
    this.#slow?.restore(slow, at)
  }

  clear(): void {
    this.#run = 0
    this.#failures?.clear()
    this.#slow?.clear()
  }

  #tooSlow(now: Milliseconds): Trip | undefined {
    const slow = this.#slow
    const { slowCallRate, minimumCalls } = this.#rules
    if (slow === undefined || slow.total < minimumCalls || !reached(slow.bad, slowCallRate, slow.total))
      return undefined
    return { cause: 'slow', since: slow.firstBad(now), now }
  }
}

function windowOf({ window }: ResolvedBreakerOptions): ResultWindow {
  return typeof window === 'number' ? new TimeWindow(window) : new CountWindow(window.calls)
}
