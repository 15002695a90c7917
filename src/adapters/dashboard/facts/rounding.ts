/** Numbers without the digits in which they always differ: a change that nobody would see is no news. */

/** A part of a whole, to its sixth digit. What is not all, or not nothing, never becomes it. */
export function share(value: number | null): number | null {
  if (value === null) return null
  const rounded = Math.round(value * 1e6) / 1e6
  if (rounded === 1 && value < 1) return 0.999999
  return rounded === 0 && value > 0 ? 0.000001 : rounded
}

/** How much was observed, as finely as it is shown: never more than it was, and not nothing where it was something. */
export function seen(coverage: number): number {
  const digits = coverage < 0.1 ? 1000 : 100
  return coverage > 0 ? Math.max(0.0005, Math.floor(coverage * digits) / digits) : 0
}

/** To the fourth digit behind the point. */
export function fine(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

/** To three significant digits. */
export function coarse(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(3))
}

/** Wall time made from monotonic time wavers by a millisecond or two from look to look; then `before` holds. */
export function steady(before: number | null | undefined, now: number): number {
  return before != null && Math.abs(before - now) < 100 ? before : Math.round(now)
}
