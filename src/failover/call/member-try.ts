/** One try: a call's invocation on one member of the pool. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Permit } from '../../retry-budget/budget.ts'
import type { PoolMember } from '../members/pool-member.ts'

/** How the pool judges a try: a failure, a success, ignored, or refused by the member's guard, which says nothing of the member. */
export type TryJudgement = boolean | 'ignore' | 'refused'

export interface MemberTry {
  readonly member: PoolMember
  /** The member's generation in which the try began. */
  readonly generation: number
  readonly startedAt: Milliseconds
  /** The budget's permit for it; undefined where it needs none. */
  readonly permit: Permit | undefined
}
