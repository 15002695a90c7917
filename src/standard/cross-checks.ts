/**
 * What must hold between two parts: a part that is right alone may have no effect beside another.
 *
 * The same validations as in Microsoft's standard resilience handler, and one more for waits between attempts.
 */
import { isBackoff } from '../core/backoff.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'

/** The parts between which something must hold. */
export interface CheckedParts {
  readonly total: BasePolicy | undefined
  readonly retry: BasePolicy | undefined
  readonly hedge: BasePolicy | undefined
  readonly breaker: BasePolicy | undefined
  readonly attempt: BasePolicy | undefined
  /** The window of the breaker is a time, not a number of calls. */
  readonly timed: boolean
}

/** @throws TypeError that names two parts which do not go together, and what to change. */
export function checkTogether({ total, retry, hedge, breaker, attempt, timed }: CheckedParts): void {
  const whole = limitOf(total)
  const one = limitOf(attempt)
  if (one !== undefined && whole !== undefined && one >= whole) {
    refuse(`attempt (${ms(one)}) must be below total (${ms(whole)})`, 'shorten attempt, or lengthen total')
  }
  const wait = firstWait(retry)
  if (wait !== undefined && whole !== undefined && wait >= whole) {
    refuse(
      `the first wait of retry (${ms(wait)}) must be below total (${ms(whole)})`,
      'shorten its backoff, or lengthen total',
    )
  }
  const window = timed ? numberOf(breaker, 'circuitBreaker', 'window') : undefined
  if (window !== undefined && one !== undefined && one !== Number.POSITIVE_INFINITY && window < 2 * one) {
    refuse(
      `the window of breaker (${ms(window)}) must be at least twice attempt (${ms(one)})`,
      'lengthen the window, or shorten attempt',
    )
  }
  const delay = numberOf(hedge, 'hedge', 'after')
  const hedges = numberOf(hedge, 'hedge', 'hedges')
  if (delay !== undefined && hedges !== undefined && whole !== undefined && delay * hedges >= whole) {
    refuse(
      `the last hedge (after ${ms(delay * hedges)}) must start before total (${ms(whole)})`,
      'hedge sooner or less often, or lengthen total',
    )
  }
}

function refuse(what: string, advice: string): never {
  throw new TypeError(`standard: ${what}: ${advice}`)
}

const ms = (duration: Milliseconds): string => `${duration} ms`

function limitOf(policy: BasePolicy | undefined): Milliseconds | undefined {
  return numberOf(policy, 'timeout', 'after')
}

/** The option of a policy, if it is of that kind and the option is a number. */
function numberOf(policy: BasePolicy | undefined, kind: string, option: string): number | undefined {
  if (policy?.kind !== kind) return undefined
  const value = (policy.describe().options as Record<string, unknown>)[option]
  return typeof value === 'number' ? value : undefined
}

/** The wait before the first retry, before jitter. */
function firstWait(policy: BasePolicy | undefined): Milliseconds | undefined {
  if (policy?.kind !== 'retry') return undefined
  const { backoff } = policy.describe().options as { readonly backoff: unknown }
  // Half of the range: what jitter draws on average, and the delay itself without jitter.
  return isBackoff(backoff) ? backoff.delay({ attempt: 1, previous: undefined, random: () => 0.5 }) : undefined
}
