/** A failover pool as its users see it. */
import type { Duration } from '../core/duration.ts'
import type { Policy } from '../core/policy.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'
import type { FailoverEvents } from './events.ts'
import type { LoadReport } from './load/load-report.ts'
import type { AdminState, MemberStatus } from './members/member-status.ts'
import type { MemberOptions } from './options.ts'

/** The target of a member that is given alone or with settings. */
export type TargetOf<M> = M extends { readonly target: infer Target } ? Target : M
/** The values that operations under a guard may return. */
export type GuardAccepts<G> = G extends { readonly '~types'?: { accepts: (value: infer A) => void } } ? A : unknown
/** The values that a guard may return instead. */
export type GuardAdds<G> = G extends { readonly '~types'?: { adds: infer D } } ? D : never

/** The events of a guard, as the pool emits them. */
export type GuardEmits<G> = G extends { readonly '~types'?: { emits: infer E } }
  ? Omit<E, keyof FailoverEvents>
  : unknown

/** What a pool adds to the operation's call. */
export interface PoolGives<Target> {
  /** The chosen member's target. */
  readonly target: Target
  /** Its name. */
  readonly member: string
  /** True where the kept-alive connection of the try before had been closed: use a new one. */
  readonly fresh?: true
}

/** What `update` may change of a member. */
export interface MemberChanges {
  readonly weight?: number
  readonly zone?: string
  readonly priority?: number
  /** `'ready'` ends a drain or maintenance. After maintenance the member starts without statistics. */
  readonly admin?: AdminState
}

export interface FailoverPool<Target, Accepts = unknown, Adds = never, Emits extends object = FailoverEvents>
  extends Policy<Accepts, Adds, PoolGives<Target>, Emits> {
  /** The state of each member at this moment, in order of adding. */
  readonly members: readonly MemberStatus<Target>[]
  /** The budget of its further tries, if it has one: also the one that `budget: true` made. */
  readonly budget: RetryBudget | undefined
  /**
   * Resolves when the source has given a list or an error, and each member has been checked once. It starts the background
   * work, as the first call does.
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Adds a member and returns its name. */
  add(member: Target | MemberOptions<Target>): string
  /** Removes a member at once; tries under way continue. */
  remove(name: string): void
  /** Sends no new calls to a member; resolves when its last try has ended, when it is ready again, or after `within`. */
  drain(name: string, within?: Duration): Promise<void>
  update(name: string, changes: MemberChanges): void
  /** Records the load that a member reports, for selections that use it. A wrong report is a `fault` and is ignored. */
  report(name: string, load: Partial<LoadReport> & Pick<LoadReport, 'utilisation'>): void
  /** Refuses every further call with `NoMemberError`, and stops all background work; tries under way continue. */
  close(): void
}

/** The pool of members `M` under guards. */
export type PoolOf<M, Guard, Accepts = unknown> = FailoverPool<
  TargetOf<M>,
  Accepts & GuardAccepts<Guard>,
  GuardAdds<Guard>,
  FailoverEvents & GuardEmits<Guard>
>
