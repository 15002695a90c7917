/** Where the members of a pool come from, when they come and go. Anyone can implement one. */
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

/** Told what the source knows. Calls after `close` are ignored. */
export interface MemberSink {
  readonly clock: Clock
  readonly random: Random
  /** The whole list as it is now: plain targets or records with a `target`. An empty list keeps the last one. */
  update(members: readonly unknown[]): void
  /** There was no answer; the last list stays. */
  failed(error: unknown): void
}

/** A source that is watched. */
export interface MemberWatch {
  /** Lets go of everything. What it returns is not waited for. */
  close(): unknown
  /** A member does not answer: the list may be old. Asked often; the source bounds what it does about it. */
  refresh?(): void
}

/** A source of members of targets `Target`. */
export interface MemberSource<Target = unknown> {
  readonly kind: string
  /** Members until there is an answer. */
  readonly initial?: readonly unknown[] | undefined
  /** For types only: never present. */
  readonly '~target'?: Target
  /** Begins to watch. Each pool watches once, from its first call or `ready()` on. */
  watch(sink: MemberSink): MemberWatch
}
