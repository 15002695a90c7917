/**
 * A member that makes itself known: an ephemeral node with its data, kept standing.
 *
 * The node goes with the session, so it is looked for on each connection and made again where it is gone. While no server
 * can be reached it stands for as long as the session, and what is to be written waits.
 *
 * Invariant: `registered` is said only of a node that was seen to stand in the present session, with the latest data.
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
 * `pending`: the node does not stand yet, or no more; `registered`: it stands; `disconnected`: no server can be reached, and
 * it stands as long as the session does; `closed`.
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
  /** Counts what was to be written, and says what was. */
  #version = 0
  #written = -1
  #state: RegistrationState = 'pending'
  #path: string | undefined = undefined
  /** Who was told to hold its place. */
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

  /** Where the node stands; undefined while it does not. */
  get path(): string | undefined {
    return this.#state === 'registered' ? this.#path : undefined
  }

  /** Resolves when the node has stood for the first time. */
  ready(signal: AbortSignal | undefined): Promise<void> {
    return this.#waiting.until(0, signal)
  }

  /** Resolves when the node has the data. */
  write(data: string): Promise<void> {
    this.#data = data
    const written = this.#waiting.until(++this.#version)
    // Who does not wait for it need not hear that it came to nothing.
    ignoreRejection(written)
    this.#work.begin()
    return written
  }

  close(): Promise<void> {
    this.#work.use(undefined)
    this.#turn('closed')
    this.#waiting.end(new ZooKeeperError('the registration', 'CLOSED'))
    return this.#keeper.close()
  }

  connected(client: ZooKeeperClient): void {
    this.#work.use(client)
  }

  disconnected(): void {
    this.#work.use(undefined)
    this.#turn('disconnected')
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
    this.#turn('registered')
    this.#waiting.reached(version)
  }

  #held(path: string, holder: string): void {
    this.#turn('pending')
    // The watch tells when it goes; this is for the case that it does not.
    this.#work.beginIn(this.#keeper.timeout)
    if (this.#holder === holder) return
    this.#holder = holder
    const who = holder === 'persistent' ? 'by a persistent node' : `by session ${holder}`
    this.failed(new ZooKeeperError(`${path} is held ${who}`, 'NODE_EXISTS'))
  }

  #turn(state: RegistrationState): void {
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
