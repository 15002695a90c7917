/**
 * How far two replicas fail together, from their outages: an estimate of β.
 *
 * Outages also meet by chance: one of length a meets one of length b in a window of T with probability (a + b) / T. β
 * is the share of outages that met one of the other beyond that, (share - chance) / (1 - chance), with the bounds of
 * Clopper and Pearson for a number of outages that counts a common one once. The time in which both were down, against
 * the product of their shares, is the other view of it: its index is above 1 where they fail together.
 */
import { type Check, isRecord, resolveOptions } from '../../core/options.ts'
import { inverseBeta } from '../distributions/beta.ts'

/** An outage, as reports have them; null where it has not ended. */
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
   * The part of a replica's outages that is common, 0 to 1; null where there are none, or chance explains any number.
   */
  readonly beta: number | null
  /** So low and so high it may be, with a confidence of 0.95. */
  readonly lower: number | null
  readonly upper: number | null
  /** Outages in the window, of the one and of the other. */
  readonly outages: readonly [number, number]
  /** Of these, how many met one of the other. */
  readonly met: readonly [number, number]
  /** How many, of both together, would have met by chance. */
  readonly expected: number
  /** Time in which both were down, as long as the times are. */
  readonly together: number
  /** The same by chance: the product of their shares of the window. */
  readonly togetherExpected: number
  /** Together / expected; null where nothing was to be expected. */
  readonly index: number | null
}

/**
 * The estimate from two lists of outages in one window [from, to).
 *
 * All times are in ms, of one clock. What lies outside the window is cut off; outages of one replica that overlap are
 * one. Throws a `TypeError` for lists or a window that are none.
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
  // A common outage is in both lists, and was one event.
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

/** Inside the window, in order, those that touch as one. */
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

/** How many of a list would meet one of the others, if each lay anywhere. */
function byChance(list: readonly OverlapSpan[], others: readonly OverlapSpan[], length: number): number {
  const missed = ({ start, end }: OverlapSpan): number =>
    others.reduce((product, other) => product * Math.max(0, 1 - (end - start + other.end - other.start) / length), 1)
  return list.reduce((sum, span) => sum + 1 - missed(span), 0)
}

function total(list: readonly OverlapSpan[]): number {
  return list.reduce((sum, { start, end }) => sum + end - start, 0)
}
