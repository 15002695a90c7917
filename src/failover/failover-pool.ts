/** A failover pool as its users see it. */
import type { Duration } from '../core/duration.ts'
import type { Policy } from '../core/policy.ts'
import type { FailoverEvents } from './events.ts'
import type { LoadReport } from './load/load-report.ts'
import type { AdminState, MemberStatus } from './members/member-status.ts'
import type { MemberOptions } from './options.ts'

/** The target of a member given as it is, or with settings. */
export type TargetOf<M> = M extends { readonly target: infer Target } ? Target : M
/** What operations under a guard may give. */
export type GuardAccepts<G> = G extends { readonly '~types'?: { accepts: (value: infer A) => void } } ? A : unknown
/** What a guard may give instead. */
export type GuardAdds<G> = G extends { readonly '~types'?: { adds: infer D } } ? D : never

/** The events of a guard, as they come through the pool. */
export type GuardEmits<G> = G extends { readonly '~types'?: { emits: infer E } }
  ? Omit<E, keyof FailoverEvents>
  : unknown

/** What a pool gives to the operation. */
export interface PoolGives<Target> {
  /** The chosen member's target. */
  readonly target: Target
  /** Its name. */
  readonly member: string
  /** True where the try before met a kept connection that was gone: use a new one. */
  readonly fresh?: true
}

/** What `update` may change of a member. */
export interface MemberChanges {
  readonly weight?: number
  readonly zone?: string
  readonly priority?: number
  /** `'ready'` takes a drained or maintained member back. After maintenance it begins anew. */
  readonly admin?: AdminState
}

export interface FailoverPool<Target, Accepts = unknown, Adds = never, Emits extends object = FailoverEvents>
  extends Policy<Accepts, Adds, PoolGives<Target>, Emits> {
  /** How each member does at this moment, in order of adding. */
  readonly members: readonly MemberStatus<Target>[]
  /**
   * Resolves when the source has answered, good or bad, and each member has been checked once. Work in the background
   * begins with it, or with the first call.
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Adds a member and gives its name. */
  add(member: Target | MemberOptions<Target>): string
  /** Takes a member out at once; tries under way go on. */
  remove(name: string): void
  /** Sends a member no new calls; resolves when its last try has ended, when it is taken back, or after `within`. */
  drain(name: string, within?: Duration): Promise<void>
  update(name: string, changes: MemberChanges): void
  /** What a member says of its load, for selections that ask. A report that is wrong is a `fault`, and left out. */
  report(name: string, load: Partial<LoadReport> & Pick<LoadReport, 'utilisation'>): void
  /** Refuses every further call with `NoMemberError`, and ends all work in the background; tries under way go on. */
  close(): void
}

/** The pool of members `M` under guards. */
export type PoolOf<M, Guard, Accepts = unknown> = FailoverPool<
  TargetOf<M>,
  Accepts & GuardAccepts<Guard>,
  GuardAdds<Guard>,
  FailoverEvents & GuardEmits<Guard>
>
