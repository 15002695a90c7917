/**
 * What came of the calls, beside what came of the time: how many were good at the first try, how many in the end, and who
 * saved the difference. A ratio of requests is a number of its own and never mixed with availability over time.
 */
import { isRecord } from '../../core/options.ts'

/** Counted from when the policy was first watched. */
export interface RequestsReport {
  /** Outermost calls that were not given up by their caller. */
  readonly calls: number
  /** Invocations of the operation. */
  readonly attempts: number
  /** Calls whose first try succeeded / calls; null without calls. */
  readonly rawAvailability: number | null
  /** Calls that succeeded in the end / calls; null without calls. */
  readonly deliveredAvailability: number | null
  /** Calls good in the end but not at first, by the policy that made them good. */
  readonly savedBy: Readonly<Record<string, number>>
  /** Tries a circuit breaker refused. */
  readonly spared: number
}

export class Requests {
  #calls = 0
  #attempts = 0
  #first = 0
  #delivered = 0
  #saved = new Map<string, number>()
  spared = 0

  count(ok: boolean, ignored: boolean, attempts: number, first: boolean, savedBy: string | undefined): void {
    this.#attempts += attempts
    if (ignored) return
    this.#calls++
    if (first) this.#first++
    if (ok) this.#delivered++
    if (savedBy !== undefined) this.#saved.set(savedBy, (this.#saved.get(savedBy) ?? 0) + 1)
  }

  report(): RequestsReport {
    const calls = this.#calls
    return {
      calls,
      attempts: this.#attempts,
      rawAvailability: calls === 0 ? null : this.#first / calls,
      deliveredAvailability: calls === 0 ? null : this.#delivered / calls,
      savedBy: Object.fromEntries(this.#saved),
      spared: this.spared,
    }
  }

  save(): readonly [number, number, number, number, number, Readonly<Record<string, number>>] {
    const saved = Object.fromEntries(this.#saved)
    return [this.#calls, this.#attempts, this.#first, this.#delivered, this.spared, saved]
  }

  restore(saved: ReturnType<Requests['save']>): void {
    ;[this.#calls, this.#attempts, this.#first, this.#delivered, this.spared] = saved
    this.#saved = new Map(Object.entries(saved[5]))
  }
}

/** Both together. */
export function sumOf(a: ReturnType<Requests['save']>, b: ReturnType<Requests['save']>): ReturnType<Requests['save']> {
  const saved = new Map(Object.entries(a[5]))
  for (const [name, count] of Object.entries(b[5])) saved.set(name, (saved.get(name) ?? 0) + count)
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], Object.fromEntries(saved)]
}

/** Whether `value` is what `save` gave. */
export function areRequests(value: unknown): value is ReturnType<Requests['save']> {
  if (!Array.isArray(value) || value.length !== 6) return false
  const counts = [...value.slice(0, 5), ...(isRecord(value[5]) ? Object.values(value[5]) : [-1])]
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0)
}
