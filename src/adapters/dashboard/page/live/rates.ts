/** Calls per second, from counts that only grow. Pure. */
import type { CallCounts } from '../../wire/facts.ts'
import type { CallSample } from '../../wire/messages.ts'

/** Rates per second at one instant; null if unknown. */
export interface CallRates {
  readonly at: number
  readonly calls: number | null
  readonly failed: number | null
  readonly attempts: number | null
  readonly saved: number | null
}

export const noCalls: CallCounts = { success: 0, failure: 0, ignored: 0, attempts: 0, first: 0, saved: {} }

export function savedIn({ saved }: CallCounts): number {
  return Object.values(saved).reduce((sum, count) => sum + count, 0)
}

/** The counts of one policy, or the sum of all. */
export function countsIn(sample: CallSample, policy: string | undefined): CallCounts {
  if (policy !== undefined) return Object.hasOwn(sample.calls, policy) ? (sample.calls[policy] as CallCounts) : noCalls
  return Object.values(sample.calls).reduce(sumOf, noCalls)
}

export function sumOf(a: CallCounts, b: CallCounts): CallCounts {
  // A name may be anything, also `constructor` or `__proto__`.
  const saved: Record<string, number> = Object.assign(Object.create(null), a.saved)
  for (const [name, count] of Object.entries(b.saved)) saved[name] = (saved[name] ?? 0) + count
  return {
    success: a.success + b.success,
    failure: a.failure + b.failure,
    ignored: a.ignored + b.ignored,
    attempts: a.attempts + b.attempts,
    first: a.first + b.first,
    saved,
  }
}

/** Compares each sample with one at least `span` ms earlier, which smooths the line. */
export function ratesOf(samples: readonly CallSample[], policy: string | undefined, span = 5000): readonly CallRates[] {
  let before = 0
  const counts = samples.map((sample) => countsIn(sample, policy))
  return samples.slice(1).map(({ at }, index) => {
    const now = index + 1
    while (before + 1 < now && at - (samples[before + 1] as CallSample).at >= span) before++
    return rateBetween((samples[before] as CallSample).at, counts[before] as CallCounts, at, counts[now] as CallCounts)
  })
}

function rateBetween(from: number, a: CallCounts, at: number, b: CallCounts): CallRates {
  const seconds = (at - from) / 1000
  const per = (count: (counts: CallCounts) => number): number | null => {
    const grown = count(b) - count(a)
    // Lower counts are those of a restarted process, and what happened within a gap is unknown.
    return grown < 0 || seconds <= 0 || seconds > 30 ? null : grown / seconds
  }
  return {
    at,
    calls: per(({ success, failure }) => success + failure),
    failed: per(({ failure }) => failure),
    attempts: per(({ attempts }) => attempts),
    saved: per(savedIn),
  }
}
