/** The four kinds of retry budgets. */
import { ratio } from './ratio.ts'
import { share } from './share.ts'
import { successes } from './successes.ts'
import { tokens } from './tokens.ts'

/**
 * Budgets for `retry({ budget })` and other policies that make extra attempts.
 *
 * ```ts
 * import { retry } from 'holdfast/retry'
 * import { retryBudget } from 'holdfast/retry-budget'
 * const budget = retryBudget.ratio({ ratio: 0.1 })
 * const [reads, writes] = [retry({ budget }), retry({ budget })]
 * ```
 */
export const retryBudget = Object.freeze({ ratio, tokens, share, successes })
