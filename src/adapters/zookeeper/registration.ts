/**
 * Registers a member as an ephemeral node with its data, and keeps the node in existence.
 *
 * The node ends with the session, so it is verified on each connection and created again if it is missing. While no server can
 * be reached the node exists as long as the session, and writes wait.
 *
 * Invariant: the state is `registered` only while the node was verified in the current session, with the latest data.
 */

import type { Clock } from '../../core/clock.ts'
import { Events, type FaultEvent } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import type { Random } from '../../core/random.ts'
import type { ZooKeeperClient } from './client.ts'
import { ConnectionWork } from './connection-work.ts'
import { below, type ResolvedConnectOptions } from './options.ts'
import { NamedNode, NumberedNode, type OwnNode } from './own-node.ts'
import { SessionKeeper, type SessionUser } from './session-keeper.ts'
import { VersionWaiters } from './version-waiters.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

/**
 * `pending`: the node does not exist yet, or no longer. `registered`: it exists. `disconnected`: no server can be reached, and the
 * node exists as long as the session. `closed`.
 */
export type RegistrationState = 'pending' | 'registered' | 'disconnected' | 'closed'

export interface ResolvedRegistrationOptions extends ResolvedConnectOptions {
  readonly path: string
  readonly sequential: boolean
  readonly clock: Clock
  readonly random: Random
  readonly onFault: ((fault: FaultEvent) => unknown) | undefined
  readonly onState: ((state: RegistrationState) => unknown) | undefined
}

export class NodeRegistration implements SessionUser {
  readonly #rules: ResolvedRegistrationOptions
  readonly #node: OwnNode
  readonly #work: ConnectionWork
  readonly #keeper: SessionKeeper
  readonly #waiting = new VersionWaiters()
  readonly #events: Events
  readonly #touched = (): void => this.#work.begin()
  #data: string
  /** The version of the data to write, and the last one written. */
  #version = 0
  #written = -1
  #state: RegistrationState = 'pending'
  #path: string | undefined = undefined
  /** The reported owner of a conflicting node. */
  #holder: string | undefined = undefined

  constructor(name: string, data: string, rules: ResolvedRegistrationOptions) {
    const { path, sequential, clock, random, onFault } = rules
    this.#rules = rules
    this.#data = data
    this.#events = new Events({ name: below(path, name), kind: 'register', clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    this.#node = sequential ? new NumberedNode(path, name) : new NamedNode(path, name)
    this.#work = new ConnectionWork(
      clock,
      random,
      (client) => this.#ensure(client),
      (error) => this.failed(error),
    )
    this.#keeper = new SessionKeeper(rules, clock, random, this)
  }

  get state(): RegistrationState {
    return this.#state
  }

  /** The path of the node; undefined while it does not exist. */
  get path(): string | undefined {
    return this.#state === 'registered' ? this.#path : undefined
  }

  /** Resolves when the node exists for the first time. */
  ready(signal: AbortSignal | undefined): Promise<void> {
    return this.#waiting.until(0, signal)
  }

  /** Resolves when the node has the data. */
  write(data: string): Promise<void> {
    this.#data = data
    const written = this.#waiting.until(++this.#version)
    // A caller that does not await it gets no unhandled rejection.
    ignoreRejection(written)
    this.#work.begin()
    return written
  }

  close(): Promise<void> {
    this.#work.use(undefined)
    this.#setState('closed')
    this.#waiting.end(new ZooKeeperError('the registration', 'CLOSED'))
    return this.#keeper.close()
  }

  connected(client: ZooKeeperClient): void {
    this.#work.use(client)
  }

  disconnected(): void {
    this.#work.use(undefined)
    this.#setState('disconnected')
  }

  failed(error: unknown): void {
    this.#events.fault('zookeeper', error)
  }

  async #ensure(client: ZooKeeperClient): Promise<void> {
    const [version, data] = [this.#version, this.#data]
    const node = await this.#node.ensure(client, data, this.#touched)
    if (!this.#work.uses(client)) return
    if ('heldBy' in node) {
      this.#held(node.path, node.heldBy)
      return
    }
    if (!node.fresh && this.#written !== version) await client.write(node.path, data)
    this.#written = version
    this.#path = node.path
    this.#holder = undefined
    if (!this.#work.uses(client)) return
    this.#setState('registered')
    this.#waiting.reached(version)
  }

  #held(path: string, holder: string): void {
    this.#setState('pending')
    // The watch reports when the node is removed; this is for the case that it does not.
    this.#work.beginIn(this.#keeper.timeout)
    if (this.#holder === holder) return
    this.#holder = holder
    const who = holder === 'persistent' ? 'by a persistent node' : `by session ${holder}`
    this.failed(new ZooKeeperError(`${path} is owned ${who}`, 'NODE_EXISTS'))
  }

  #setState(state: RegistrationState): void {
    if (this.#state === state || this.#state === 'closed') return
    this.#state = state
    const { onState } = this.#rules
    const fault = (error: unknown): void => this.#events.fault('onState', error)
    try {
      ignoreRejection(onState?.(state), fault)
    } catch (error) {
      fault(error)
    }
  }
}
