/**
 * The share of recent tries that went well, as an exponential mean that forgets; kept as what is missing to 1.
 *
 * `missing += alpha * (outcome - missing)`, where a failure is 1; while nothing is heard it fades, `missing * exp(-t / tau)`,
 * so that who was avoided is tried again. The share is never below `least`, so that 1 / share stays a number to reckon with.
 */
const alpha = 0.2
const tau = 10_000
const least = 0.02
/** Less than this is nothing: else it would never be quite 0 again, and each look at it would cost an exponential. */
const nothing = 0.001

/** What is missing after an outcome, `elapsed` ms after `missing` was known. */
export function missingAfter(good: boolean, missing: number, elapsed: number): number {
  const faded = faintest(missing, elapsed)
  const next = faded + alpha * ((good ? 0 : 1) - faded)
  return next < nothing ? 0 : next
}

/** The share, `elapsed` ms after `missing` was known. */
export function reliabilityAt(missing: number, elapsed: number): number {
  return Math.max(least, 1 - faintest(missing, elapsed))
}

/** A clock that steps back makes nothing stronger. */
function faintest(missing: number, elapsed: number): number {
  return elapsed > 0 ? missing * Math.exp(-elapsed / tau) : missing
}
