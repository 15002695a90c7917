/**
 * How far two replicas fail together: an estimate of β from their outages.
 *
 * Outages also overlap by chance: one of length a overlaps one of length b in a window of T with probability (a + b) / T.
 * β is the share of outages that overlap beyond chance, (share - chance) / (1 - chance), with the bounds of Clopper and
 * Pearson for a number of outages that counts a common one once. Another measure is the time in which both were down,
 * divided by the product of their shares of the window: this index is above 1 if they fail together.
 */
import { type Check, isRecord, resolveOptions } from '../../core/options.ts'
import { inverseBeta } from '../distributions/beta.ts'

/** An outage, as in a report; `end` is null if it has not ended. */
export interface OutageSpan {
  readonly start: number
  readonly end: number | null
}

export interface OverlapWindow {
  readonly from: number
  readonly to: number
}

export interface OutageOverlap {
  /**
   * The share of a replica's outages that is common, 0 to 1; null without outages, or if chance explains any number.
   */
  readonly beta: number | null
  /** The bounds of `beta`, with a confidence of 0.95. */
  readonly lower: number | null
  readonly upper: number | null
  /** The numbers of outages in the window, of each replica. */
  readonly outages: readonly [number, number]
  /** How many of these overlap one of the other replica. */
  readonly met: readonly [number, number]
  /** How many, summed over both, would overlap by chance. */
  readonly expected: number
  /** Time in which both were down, in ms. */
  readonly together: number
  /** The time by chance: the product of their shares of the window. */
  readonly togetherExpected: number
  /** `together` / `togetherExpected`; null if that is 0. */
  readonly index: number | null
}

/**
 * Estimates β from two lists of outages in one window [from, to).
 *
 * All times are in ms, of one clock. Outages are cut to the window; overlapping outages of one replica are joined.
 * Throws a `TypeError` for anything but lists of outages and a window.
 *
 * ```ts
 * import { outageOverlap } from 'holdfast/availability'
 * const one = [{ start: 10, end: 12 }, { start: 500, end: 504 }]
 * const other = [{ start: 11, end: 13 }, { start: 800, end: 801 }]
 * const overlap = outageOverlap(one, other, { from: 0, to: 1000 })
 * overlap.met // => [1, 1]
 * overlap.beta?.toFixed(2) // => '0.50'
 * ```
 */
export function outageOverlap(
  one: readonly OutageSpan[],
  other: readonly OutageSpan[],
  window: OverlapWindow,
): OutageOverlap {
  const given = resolveOptions(
    'outageOverlap',
    { one, other, window },
    { one: spans, other: spans, window: windowCheck },
  )
  const length = given.window.to - given.window.from
  const lists = [clipped(given.one, given.window), clipped(given.other, given.window)] as const
  const [first, second] = lists
  const outages = [first.length, second.length] as const
  const met = [meeting(first, second), meeting(second, first)] as const
  const expected = byChance(first, second, length) + byChance(second, first, length)
  const together = first.reduce((sum, span) => sum + second.reduce((inner, like) => inner + common(span, like), 0), 0)
  const togetherExpected = (total(first) * total(second)) / length
  const count = outages[0] + outages[1]
  const hits = met[0] + met[1]
  const known = expected < count
  const beta = (share: number): number | null =>
    known ? Math.max(0, (share - expected / count) / (1 - expected / count)) : null
  // A common outage is in both lists, but is one event.
  const [good, all] = [hits / 2, count / 2]
  return {
    beta: beta(hits / count),
    lower: beta(hits === 0 ? 0 : inverseBeta(good, all - good + 1, 0.025)[0]),
    upper: beta(hits === count ? 1 : inverseBeta(good + 1, all - good, 0.975, 0.025)[0]),
    outages,
    met,
    expected,
    together,
    togetherExpected,
    index: togetherExpected > 0 ? together / togetherExpected : null,
  }
}

interface OverlapSpan {
  readonly start: number
  readonly end: number
}

const spans: Check<readonly OverlapSpan[]> = (value, fail) => {
  const expected = 'a list of { start, end }, numbers, or null for an end that is open'
  if (!Array.isArray(value)) return fail(expected)
  return value.map((given: unknown) => {
    const { start, end } = isRecord(given) ? given : {}
    const until = end === null ? Number.POSITIVE_INFINITY : end
    return Number.isFinite(start) && typeof until === 'number' && until >= (start as number)
      ? { start: start as number, end: until }
      : fail(expected)
  })
}

const windowCheck: Check<OverlapWindow> = (value, fail) => {
  const { from, to } = isRecord(value) ? value : {}
  return Number.isFinite(from) && Number.isFinite(to) && (to as number) > (from as number)
    ? { from: from as number, to: to as number }
    : fail('{ from, to } in order, two numbers')
}

/** Cuts outages to the window, in order, and joins those that touch. */
function clipped(list: readonly OverlapSpan[], { from, to }: OverlapWindow): readonly OverlapSpan[] {
  const joined: OverlapSpan[] = []
  for (const { start, end } of [...list].sort((one, other) => one.start - other.start)) {
    const [cutStart, cutEnd] = [Math.max(from, start), Math.min(to, end)]
    if (cutStart >= cutEnd) continue
    const last = joined.at(-1)
    if (last === undefined || last.end < cutStart) joined.push({ start: cutStart, end: cutEnd })
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, cutEnd) }
  }
  return joined
}

function common(one: OverlapSpan, other: OverlapSpan): number {
  return Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start))
}

function meeting(list: readonly OverlapSpan[], others: readonly OverlapSpan[]): number {
  return list.filter((span) => others.some((other) => common(span, other) > 0)).length
}

/** The expected number of a list that overlap one of the others, if each lay anywhere in the window. */
function byChance(list: readonly OverlapSpan[], others: readonly OverlapSpan[], length: number): number {
  const missed = ({ start, end }: OverlapSpan): number =>
    others.reduce((product, other) => product * Math.max(0, 1 - (end - start + other.end - other.start) / length), 1)
  return list.reduce((sum, span) => sum + 1 - missed(span), 0)
}

function total(list: readonly OverlapSpan[]): number {
  return list.reduce((sum, { start, end }) => sum + end - start, 0)
}
