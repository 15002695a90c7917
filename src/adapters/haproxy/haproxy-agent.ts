/** An agent as its users see it. */
import type { Clock } from '../../core/clock.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { AdminState } from '../../failover/members/member-status.ts'
import type { AgentState } from './agent-line.ts'
import type { AgentAddress } from './line-server.ts'

/** What an agent can speak of. */
export type AgentAxis = 'health' | 'admin' | 'weight'

export interface HaproxyAgentOptions {
  /** HAProxy's `agent-port`; 0 takes a free one, which `listen` tells. */
  readonly port: number
  /** The address to listen on. Default `'127.0.0.1'`; HAProxy on another machine needs another. */
  readonly host?: string
  /** What the service says of itself, asked at each check. What it leaves out is up, ready, and all of its weight. */
  readonly state?: () => AgentState
  /** Used share of its capacity, >= 0; weight becomes what is free, at least 1 %. A `weight` of `state` goes before it. */
  readonly utilisation?: () => number
  /**
   * Of what it speaks. What it is silent on stays as HAProxy, or who operates it, has it: an agent that says `ready` lifts
   * every drain and maintenance by hand. Default `['health', 'admin', 'weight']`.
   */
  readonly speaksOf?: readonly AgentAxis[]
  /** It does not keep the process alive. Default true. */
  readonly background?: boolean
  /** Told of a function that failed, by `source` `'state'` or `'utilisation'`, and of the server. Default: one warning each. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Stands in faults. Default `'haproxyAgent'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

/** An agent that answers HAProxy. */
export interface HaproxyAgent {
  /** What `drain`, `maintain` or `ready` set last; `'ready'` at first. */
  readonly admin: AdminState
  /** The line it would answer with now. */
  line(): string
  /** From the next check on: no new clients but those that stick. */
  drain(): void
  /** From the next check on: nobody. */
  maintain(): void
  /** Takes either back. */
  ready(): void
  /** Resolves when it listens; rejects with Node's error where it cannot. */
  listen(): Promise<AgentAddress>
  /** Cuts every connection and frees the port. HAProxy keeps what it was told last. */
  close(): Promise<void>
}
