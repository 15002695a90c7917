/** How many calls a second, from counts that only grow. Pure. */
import type { CallCounts, Sample } from '../../wire/facts.ts'

/** One instant, each number a second; null where it is not known. */
export interface Rate {
  readonly at: number
  readonly calls: number | null
  readonly failed: number | null
  readonly attempts: number | null
  readonly saved: number | null
}

export const none: CallCounts = { success: 0, failure: 0, ignored: 0, attempts: 0, first: 0, saved: {} }

export function savedIn({ saved }: CallCounts): number {
  return Object.values(saved).reduce((sum, count) => sum + count, 0)
}

/** Of one policy, or of all. */
export function countsIn(sample: Sample, policy: string | undefined): CallCounts {
  if (policy !== undefined) return Object.hasOwn(sample.calls, policy) ? (sample.calls[policy] as CallCounts) : none
  return Object.values(sample.calls).reduce(sumOf, none)
}

export function sumOf(a: CallCounts, b: CallCounts): CallCounts {
  // Names are of any kind, `constructor` and `__proto__` too.
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

/** Each sample against one at least `span` ms before it, so that the line is no noise. */
export function ratesOf(samples: readonly Sample[], policy: string | undefined, span = 5000): readonly Rate[] {
  let before = 0
  const counts = samples.map((sample) => countsIn(sample, policy))
  return samples.slice(1).map(({ at }, index) => {
    const now = index + 1
    while (before + 1 < now && at - (samples[before + 1] as Sample).at >= span) before++
    return rateBetween((samples[before] as Sample).at, counts[before] as CallCounts, at, counts[now] as CallCounts)
  })
}

function rateBetween(from: number, a: CallCounts, at: number, b: CallCounts): Rate {
  const seconds = (at - from) / 1000
  const per = (count: (counts: CallCounts) => number): number | null => {
    const grown = count(b) - count(a)
    // Counts that went back are those of a process that began anew, and a gap tells nothing of what was in it.
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
