/** The public types of the client of HAProxy's runtime API. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { AdminState } from '../../failover/members/member-status.ts'
import type { ServerState } from './servers-state.ts'
import type { StatRow } from './stat.ts'

export interface HaproxyRuntimeOptions {
  /** The stats socket in the file system; or `port`. */
  readonly path?: string
  /** The port of a stats socket over TCP; or `path`. */
  readonly port?: number
  /** With `port`. Default `'127.0.0.1'`. */
  readonly host?: string
  /** How long a command may take, including the connection. Default 2 s. */
  readonly timeout?: Duration
  /** Name used in errors. Default `'haproxyRuntime'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

/** Options of a single command. */
export interface CommandOptions {
  /** Ends it at once, with the signal's reason. HAProxy may have carried out the command. */
  readonly signal?: AbortSignal
  /** Whether the command lets the process exit. Default false. */
  readonly background?: boolean
}

/** A weight: an integer from 0 to 256, or a percentage of the configured weight. */
export type HaproxyWeight = number | `${number}%`

/**
 * HAProxy's runtime API. Each method rejects with `HaproxyError` if HAProxy refuses, `TimeoutError` if it takes too long,
 * Node's own error if it cannot be reached, and `TypeError` if an argument is invalid.
 */
export interface HaproxyRuntime {
  /** Sends any command of one line; `;` separates several. Returns the answer without trailing blank lines. */
  command(command: string, options?: CommandOptions): Promise<string>
  /** The current weight and the configured one. */
  weight(
    backend: string,
    server: string,
    options?: CommandOptions,
  ): Promise<{ readonly weight: number; readonly initial: number }>
  /** Takes effect at once, until another weight is set. */
  setWeight(backend: string, server: string, weight: HaproxyWeight, options?: CommandOptions): Promise<void>
  /** `'ready'` also lifts the state that an agent set. */
  setState(backend: string, server: string, state: AdminState, options?: CommandOptions): Promise<void>
  /** Holds until the next check changes it. */
  setHealth(
    backend: string,
    server: string,
    health: 'up' | 'stopping' | 'down',
    options?: CommandOptions,
  ): Promise<void>
  /** The most connections HAProxy opens to the server, an integer >= 0; 0 is no limit. */
  setMaxConnections(backend: string, server: string, count: number, options?: CommandOptions): Promise<void>
  /** The statistics of all frontends, backends and servers. */
  stat(options?: CommandOptions): Promise<readonly StatRow[]>
  /** The settings of the servers of one backend, or of all. */
  serversState(backend?: string, options?: CommandOptions): Promise<readonly ServerState[]>
}
