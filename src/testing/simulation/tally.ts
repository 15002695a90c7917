/** Counts what happens in a simulation, for its result. */
import type { Milliseconds } from '../../core/duration.ts'
import { isRecord } from '../../core/options.ts'
import type { MemberResult, SimulationSlice } from './results.ts'
import { TimeMean } from './statistics.ts'

/** What is counted of one member; only what calls did that count. */
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

  /** A service began after this wait in the queue. */
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

/** What is counted of the calls. */
export class CallTally {
  calls = 0
  failed = 0
  readonly took: Milliseconds[] = []
  readonly #errors = new Map<string, number>()

  succeeded(took: Milliseconds): void {
    this.took.push(took)
  }

  rejected(error: unknown): void {
    this.failed++
    const code = codeOf(error)
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  get errors(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#errors)
  }
}

function codeOf(error: unknown): string {
  if (isRecord(error) && typeof error['code'] === 'string') return error['code']
  return error instanceof Error ? error.name : String(error)
}

/** The course of a simulation, in slices of equal length. */
export class Course {
  readonly #every: Milliseconds
  readonly #members: readonly string[]
  readonly #slices: { calls: number; readonly first: number[]; readonly all: number[] }[] = []

  constructor(every: Milliseconds, members: readonly string[]) {
    this.#every = every
    this.#members = members
  }

  call(now: Milliseconds): void {
    this.#at(now).calls++
  }

  /** A member, by its index, is tried. */
  attempt(member: number, first: boolean, now: Milliseconds): void {
    const slice = this.#at(now)
    slice.all[member] = (slice.all[member] as number) + 1
    if (first) slice.first[member] = (slice.first[member] as number) + 1
  }

  slices(): readonly SimulationSlice[] {
    const named = (counts: readonly number[]): Record<string, number> =>
      Object.fromEntries(this.#members.map((name, i) => [name, counts[i] as number]))
    return this.#slices.map(({ calls, first, all }, index) => ({
      from: index * this.#every,
      calls,
      attempts: named(all),
      firstAttempts: named(first),
    }))
  }

  #at(now: Milliseconds): { calls: number; readonly first: number[]; readonly all: number[] } {
    const index = Math.floor(now / this.#every)
    while (this.#slices.length <= index) {
      const zeros = this.#members.map(() => 0)
      this.#slices.push({ calls: 0, first: zeros, all: [...zeros] })
    }
    return this.#slices[index] as { calls: number; first: number[]; all: number[] }
  }
}
