/** The confidence level of an interval, and the probability outside of it. */
import { type Check, oneOf, optional } from '../../core/options.ts'
import { between } from '../checks.ts'

/** Bounds on both sides, or only a lower bound: "at least this". */
export type Sided = 'two' | 'lower'

export const confidenceChecks = {
  confidence: optional(between(0, 1), 0.95 as number),
  sided: optional(oneOf('two', 'lower'), 'two') satisfies Check<Sided>,
}

/** The probability that the true value lies beyond a bound. */
export function beyond(confidence: number, sided: Sided): number {
  return sided === 'two' ? (1 - confidence) / 2 : 1 - confidence
}
