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
  /** Calls left out of all the counts above, since `chaos` injected something into them. */
  readonly injected: number
}

/** The counts in snapshots and histories. Those of before there was `chaos` have no seventh. */
type SavedRequests = readonly [
  calls: number,
  attempts: number,
  first: number,
  delivered: number,
  spared: number,
  savedBy: Readonly<Record<string, number>>,
  injected?: number,
]

export class RequestCounts {
  #calls = 0
  #attempts = 0
  #first = 0
  #delivered = 0
  #saved = new Map<string, number>()
  spared = 0
  injected = 0

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
      injected: this.injected,
    }
  }

  save(): SavedRequests {
    const saved = Object.fromEntries(this.#saved)
    const counts = [this.#calls, this.#attempts, this.#first, this.#delivered, this.spared, saved] as const
    return this.injected === 0 ? counts : [...counts, this.injected]
  }

  restore(saved: ReturnType<RequestCounts['save']>): void {
    ;[this.#calls, this.#attempts, this.#first, this.#delivered, this.spared] = saved
    this.#saved = new Map(Object.entries(saved[5]))
    this.injected = saved[6] ?? 0
  }
}

/** Both together. */
export function sumOf(
  a: ReturnType<RequestCounts['save']>,
  b: ReturnType<RequestCounts['save']>,
): ReturnType<RequestCounts['save']> {
  const saved = new Map(Object.entries(a[5]))
  for (const [name, count] of Object.entries(b[5])) saved.set(name, (saved.get(name) ?? 0) + count)
  const counts = [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], Object.fromEntries(saved)] as const
  const injected = (a[6] ?? 0) + (b[6] ?? 0)
  return injected === 0 ? counts : [...counts, injected]
}

/** Whether `value` is what `save` gave. */
export function areRequests(value: unknown): value is ReturnType<RequestCounts['save']> {
  if (!Array.isArray(value) || (value.length !== 6 && value.length !== 7)) return false
  const counts = [...value.slice(0, 5), ...value.slice(6), ...(isRecord(value[5]) ? Object.values(value[5]) : [-1])]
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0)
}
