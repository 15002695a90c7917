/**
 * The share of recent tries that succeeded, as an exponential mean; stored as 1 minus the share, `missing`.
 *
 * `missing += alpha * (outcome - missing)`, where a failure is 1; without results it decays, `missing * exp(-t / tau)`, so that
 * a member that was avoided is tried again. The share is never below `least`, so that 1 / share stays bounded.
 */
const alpha = 0.2
const tau = 10_000
const least = 0.02
/** Less than this counts as 0: otherwise it would never be 0 again, and each read would cost an exponential. */
const negligible = 0.001

/** `missing` after an outcome, `elapsed` ms after the last one. */
export function missingAfter(good: boolean, missing: number, elapsed: number): number {
  const faded = decayed(missing, elapsed)
  const next = faded + alpha * ((good ? 0 : 1) - faded)
  return next < negligible ? 0 : next
}

/** The share, `elapsed` ms after the last outcome. */
export function reliabilityAt(missing: number, elapsed: number): number {
  return Math.max(least, 1 - decayed(missing, elapsed))
}

/** A clock that steps back must not increase it. */
function decayed(missing: number, elapsed: number): number {
  return elapsed > 0 ? missing * Math.exp(-elapsed / tau) : missing
}
