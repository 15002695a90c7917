/** Rounds numbers to what a page shows, so that invisible changes are not sent. */

/** A part of a whole, to six decimals. Only exactly all rounds to 1, and only exactly nothing to 0. */
export function roundShare(value: number | null): number | null {
  if (value === null) return null
  const rounded = Math.round(value * 1e6) / 1e6
  if (rounded === 1 && value < 1) return 0.999999
  return rounded === 0 && value > 0 ? 0.000001 : rounded
}

/** The observed part of a time, as finely as it is shown: rounded down, but above 0 if anything was observed. */
export function roundCoverage(coverage: number): number {
  const digits = coverage < 0.1 ? 1000 : 100
  return coverage > 0 ? Math.max(0.0005, Math.floor(coverage * digits) / digits) : 0
}

/** To four decimals. */
export function roundFinely(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

/** To three significant digits. */
export function roundCoarsely(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(3))
}

/** Wall time computed from monotonic time varies by a millisecond or two between readings; then `before` is kept. */
export function keepInstant(before: number | null | undefined, now: number): number {
  return before != null && Math.abs(before - now) < 100 ? before : Math.round(now)
}
