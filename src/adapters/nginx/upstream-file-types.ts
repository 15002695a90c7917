/** What keeps an upstream of Nginx in step with a pool, as its users see it. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { MemberStatus } from '../../failover/members/member-status.ts'
import type { UpstreamRules } from './upstream-block.ts'

/**
 * Has Nginx read its configuration again. What throws, rejects, gives `false` or a `Response` that is not `ok` has failed, and
 * is tried again.
 */
export type Reload = (reload: { readonly signal: AbortSignal }) => unknown

export interface UpstreamFileOptions extends UpstreamRules {
  /** The file, which Nginx's configuration includes inside `http`. Its folder must be there. */
  readonly path: string
  /** Nginx's pid file: its master gets SIGHUP. Or `reload`. */
  readonly pidFile?: string
  /** Instead of the signal. Or `pidFile`. */
  readonly reload?: Reload
  /**
   * The address of a member. Default: its target, where that is an address as Nginx takes it, a URL, whose host and port
   * count, or a record with `host` and perhaps `port`.
   */
  readonly target?: (member: MemberStatus<unknown>) => unknown
  /**
   * Whether host names are written, too. Nginx looks them up whenever it reads its configuration, and refuses all of it where
   * one does not resolve. Default false: a member whose target is a name is left out, and a fault says so.
   */
  readonly names?: boolean
  /** No two writes come closer than this, but for those of `flush`. Default 1 s. */
  readonly every?: Duration
  /** How often the file is looked at where nothing is heard of the pool. Default 5 s. */
  readonly refresh?: Duration
  /** How long a reload may take. Default 10 s. */
  readonly timeout?: Duration
  /** Below this share of members that are in, 0 to 1, ejections are not written. 0: always. Default 0.5, as in pools. */
  readonly panic?: number
  /** Told of what failed in the background, by `source` `'nginx'`. Default: one warning. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Stands in faults. Default `'upstreamFile'`. */
  readonly name?: string
  /** Default: the pool's, if it has one, else the real clock. */
  readonly clock?: Clock
}

/** A file that follows a pool, until it is closed. */
export interface UpstreamFile {
  /** What the file should hold now. @throws TypeError where there is no member that Nginx can be given. */
  readonly text: string
  /** Brings the file and Nginx up to date at once. Gives whether the file has changed; rejects with what failed. */
  flush(): Promise<boolean>
  /** Ends it; the file stays as it is. Resolves when nothing is under way any more. */
  close(): Promise<void>
}
