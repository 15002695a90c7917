/** A failover pool as its users see it. */
import type { Policy } from '../core/policy.ts'
import type { FailoverEvents } from './events.ts'
import type { MemberStatus } from './member.ts'
import type { MemberOptions } from './options.ts'

/** The target of a member given as it is, or with settings. */
export type TargetOf<M> = M extends { readonly target: infer Target } ? Target : M
/** What operations under a guard may give. */
export type AcceptedBy<G> = G extends { readonly '~types'?: { accepts: (value: infer A) => void } } ? A : unknown
/** What a guard may give instead. */
export type AddedBy<G> = G extends { readonly '~types'?: { adds: infer D } } ? D : never

/** The events of a guard, as they come through the pool. */
export type EmittedBy<G> = G extends { readonly '~types'?: { emits: infer E } }
  ? Omit<E, keyof FailoverEvents>
  : unknown

/** What a pool gives to the operation. */
export interface PoolGives<Target> {
  /** The chosen member's target. */
  readonly target: Target
  /** Its name. */
  readonly member: string
}

/** What `update` may change of a member. */
export interface MemberChanges {
  readonly weight?: number
  readonly zone?: string
  readonly priority?: number
  /** `false` takes a drained member back into the rotation. */
  readonly draining?: boolean
}

export interface FailoverPool<Target, Accepts = unknown, Adds = never, Emits extends object = FailoverEvents>
  extends Policy<Accepts, Adds, PoolGives<Target>, Emits> {
  /** How each member does at this moment, in order of listing. */
  readonly members: readonly MemberStatus<Target>[]
  /** Adds a member and gives its name. */
  add(member: Target | MemberOptions<Target>): string
  /** Takes a member out at once; tries under way go on. */
  remove(name: string): void
  /** Sends a member no new calls; resolves when its last try has ended. */
  drain(name: string): Promise<void>
  update(name: string, changes: MemberChanges): void
  /** Refuses every further call with `NoMemberError`; tries under way go on. */
  close(): void
}

/** The pool of members `M` under guards. */
export type PoolOf<M, Guard, Accepts = unknown> = FailoverPool<
  TargetOf<M>,
  Accepts & AcceptedBy<Guard>,
  AddedBy<Guard>,
  FailoverEvents & EmittedBy<Guard>
>
