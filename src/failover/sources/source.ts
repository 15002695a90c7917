/** A source of a pool's members, when these change at run time. Users can implement their own. */
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

/** What a source reports to. Calls after `close` are ignored. */
export interface MemberSink {
  readonly clock: Clock
  readonly random: Random
  /** The whole list as it is now: plain targets or records with a `target`. An empty list is ignored; the last one stays. */
  update(members: readonly unknown[]): void
  /** The source could not give a list; the last one stays. */
  failed(error: unknown): void
}

/** One pool's watch of a source. */
export interface MemberWatch {
  /** Releases everything the watch holds. The pool does not wait for what it returns. */
  close(): unknown
  /** A call to a member failed, so the list may be old. Called often; the source limits how often it asks again. */
  refresh?(): void
}

/** A source of members whose targets are `Target`. */
export interface MemberSource<Target = unknown> {
  readonly kind: string
  /** Members until the source's first answer. */
  readonly initial?: readonly unknown[] | undefined
  /** For types only; never present. */
  readonly '~target'?: Target
  /** Begins to watch. Each pool calls this once, at its first call or `ready()`. */
  watch(sink: MemberSink): MemberWatch
}
