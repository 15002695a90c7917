/** The public types of `upstreamFile`. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { MemberStatus } from '../../failover/members/member-status.ts'
import type { UpstreamRules } from './upstream-block.ts'

/**
 * Makes Nginx read its configuration again. A reload that throws, rejects, returns `false` or a `Response` that is not `ok` has
 * failed, and is tried again.
 */
export type Reload = (reload: { readonly signal: AbortSignal }) => unknown

export interface UpstreamFileOptions extends UpstreamRules {
  /** The file, which Nginx's configuration includes inside `http`. Its folder must exist. */
  readonly path: string
  /** Nginx's pid file, for a reload by SIGHUP. Give this or `reload`. */
  readonly pidFile?: string
  /** Reloads Nginx in another way. Give this or `pidFile`. */
  readonly reload?: Reload
  /**
   * The address of a member. Default: its target, which must be an address in Nginx's syntax, a URL, of which host and port
   * count, or a record with `host` and optionally `port`.
   */
  readonly target?: (member: MemberStatus<unknown>) => unknown
  /**
   * Whether members with host names are written. Nginx resolves names whenever it reads its configuration, and refuses all of
   * it if one does not resolve. Default false: such members are left out, and a fault reports it.
   */
  readonly names?: boolean
  /** The least time between two writes; `flush` ignores it. Default 1 s. */
  readonly every?: Duration
  /** How often the file is compared with the pool without an event of the pool. Default 5 s. */
  readonly refresh?: Duration
  /** How long a reload may take. Default 10 s. */
  readonly timeout?: Duration
  /** Below this share of healthy members, 0 to 1, ejections are not written. 0: always write them. Default 0.5, as in pools. */
  readonly panic?: number
  /** Called with each failure in the background, `source` `'nginx'`. Default: one warning. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Name used in fault events. Default `'upstreamFile'`. */
  readonly name?: string
  /** Default: the pool's clock, or the real clock. */
  readonly clock?: Clock
}

/** A file that follows a pool, until it is closed. */
export interface UpstreamFile {
  /** What the file should contain now. @throws TypeError if no member can be written. */
  readonly text: string
  /** Updates the file and Nginx at once. Returns whether the file has changed; rejects with the error of what failed. */
  flush(): Promise<boolean>
  /** Stops; the file stays as it is. Resolves when no write and no reload is under way. */
  close(): Promise<void>
}
