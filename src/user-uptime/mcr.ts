import { type Check, integer, isRecord, resolveOptions } from '../core/options.ts'

/** Good and bad amounts in one slot of time: user time, calls, or anything that can be summed. */
export interface GoodBad {
  readonly good: number
  readonly bad: number
}

const slotsCheck: Check<readonly GoodBad[]> = (value, fail) => {
  const isAmount = (amount: unknown): boolean => Number.isFinite(amount) && (amount as number) >= 0
  const isSlot = (slot: unknown): boolean => isRecord(slot) && isAmount(slot['good']) && isAmount(slot['bad'])
  return Array.isArray(value) && value.every(isSlot) ? value : fail('a list of { good, bad }, finite numbers >= 0')
}

/**
 * Minimal cumulative ratio: the lowest good / (good + bad) over any `width` slots in a row.
 *
 * Over growing widths it distinguishes one long outage from many short ones of the same total: with one long outage it
 * stays low longer. Null if there are fewer than `width` slots, or all are empty. One pass, with running sums.
 * (Hauer et al., Meaningful Availability, NSDI 2020.)
 *
 * ```ts
 * import { mcr } from 'holdfast/user-uptime'
 * const minutes = [1, 1, 0, 0, 1, 1, 1, 1].map((good) => ({ good, bad: 1 - good }))
 * mcr(minutes, 2) // => 0
 * mcr(minutes, 4) // => 0.5
 * mcr(minutes, 8) // => 0.75
 * ```
 *
 * @throws TypeError for anything but a list of slots, and a width that is not an integer >= 1.
 */
export function mcr(slots: readonly GoodBad[], width: number): number | null {
  const given = resolveOptions('mcr', { slots, width }, { slots: slotsCheck, width: integer(1) })
  return worstRatio(given.slots, given.width)
}

/** Differences of running sums: exact for whole numbers. */
export function worstRatio(slots: readonly GoodBad[], width: number): number | null {
  const goods = sumsOf(slots.map(({ good }) => good))
  const bads = sumsOf(slots.map(({ bad }) => bad))
  let worst: number | null = null
  for (let end = width; end <= slots.length; end++) {
    const good = (goods[end] as number) - (goods[end - width] as number)
    const bad = (bads[end] as number) - (bads[end - width] as number)
    if (good + bad > 0) worst = Math.min(worst ?? 1, good / (good + bad))
  }
  return worst
}

function sumsOf(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (const [index, value] of values.entries()) sums[index + 1] = (sums[index] as number) + value
  return sums
}
