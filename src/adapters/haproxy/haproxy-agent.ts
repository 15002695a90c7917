/** The public types of the agent. */
import type { Clock } from '../../core/clock.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { AdminState } from '../../failover/members/member-status.ts'
import type { AgentState } from './agent-line.ts'
import type { AgentAddress } from './line-server.ts'

/** What an agent can report. */
export type AgentAxis = 'health' | 'admin' | 'weight'

export interface HaproxyAgentOptions {
  /** HAProxy's `agent-port`; 0 takes a free port, which `listen` returns. */
  readonly port: number
  /** The address to listen on. Default `'127.0.0.1'`; HAProxy on another machine needs another. */
  readonly host?: string
  /** The state of the service, called at each check. Omitted fields are up, ready and full weight. */
  readonly state?: () => AgentState
  /** Used share of the capacity, >= 0. The weight becomes the free share, at least 1 %. Ignored when `state` gives a `weight`. */
  readonly utilisation?: () => number
  /**
   * What the agent reports. HAProxy and its operator keep control of the rest: an agent that sends `ready` lifts every drain
   * and maintenance set by hand. Default `['health', 'admin', 'weight']`.
   */
  readonly speaksOf?: readonly AgentAxis[]
  /** Whether the server lets the process exit. Default true. */
  readonly background?: boolean
  /** Called when a function fails (`source` `'state'` or `'utilisation'`) or the server does. Default: one warning per source. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Name used in fault events. Default `'haproxyAgent'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

/** An agent that answers HAProxy. */
export interface HaproxyAgent {
  /** Set by `drain`, `maintain` and `ready`; initially `'ready'`. */
  readonly admin: AdminState
  /** The line it would send now. */
  line(): string
  /** From the next check on, HAProxy sends only sticky clients. */
  drain(): void
  /** From the next check on, HAProxy sends no clients. */
  maintain(): void
  /** Ends `drain` and `maintain`. */
  ready(): void
  /** Resolves when it listens; rejects with Node's error if it cannot. */
  listen(): Promise<AgentAddress>
  /** Closes every connection and frees the port. HAProxy keeps the last reported state. */
  close(): Promise<void>
}
