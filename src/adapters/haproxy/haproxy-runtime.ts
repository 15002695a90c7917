/** HAProxy's runtime API as its users see it. */
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
  /** How long a command may take, with the connecting. Default 2 s. */
  readonly timeout?: Duration
  /** Stands in errors. Default `'haproxyRuntime'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

/** What a single command may be told. */
export interface CommandOptions {
  /** Ends it at once, with the signal's reason. HAProxy may have done what it was told. */
  readonly signal?: AbortSignal
  /** It does not keep the process alive. Default false. */
  readonly background?: boolean
}

/** A weight: absolute, an integer from 0 to 256, or as percent of the one configured. */
export type HaproxyWeight = number | `${number}%`

/**
 * HAProxy's runtime API. Each method rejects with `HaproxyError` where HAProxy refuses, `TimeoutError` where it takes too
 * long, Node's own error where it cannot be reached, and `TypeError` where an argument is wrong.
 */
export interface HaproxyRuntime {
  /** Any command of one line; several are joined by `;`. Gives the answer, without the blank lines at its end. */
  command(command: string, options?: CommandOptions): Promise<string>
  /** The weight set at present, and the one configured. */
  weight(
    backend: string,
    server: string,
    options?: CommandOptions,
  ): Promise<{ readonly weight: number; readonly initial: number }>
  /** In force at once, until somebody sets another one. */
  setWeight(backend: string, server: string, weight: HaproxyWeight, options?: CommandOptions): Promise<void>
  /** `'ready'` also takes back what an agent has said. */
  setState(backend: string, server: string, state: AdminState, options?: CommandOptions): Promise<void>
  /** Until the next check says otherwise. */
  setHealth(
    backend: string,
    server: string,
    health: 'up' | 'stopping' | 'down',
    options?: CommandOptions,
  ): Promise<void>
  /** How many connections HAProxy may have open to it, an integer >= 0; 0 is no limit. */
  setMaxConnections(backend: string, server: string, count: number, options?: CommandOptions): Promise<void>
  /** What HAProxy counts of everything. */
  stat(options?: CommandOptions): Promise<readonly StatRow[]>
  /** What the servers of one backend, or of all, are set to. */
  serversState(backend?: string, options?: CommandOptions): Promise<readonly ServerState[]>
}
