/**
 * Keeps a session alive: one client with one connection at a time, replaced when it can no longer be used.
 *
 *   connected   a ping each third of the session timeout must be answered within another third
 *   ended       the next server is tried, in the same session: at once, and with growing waits after each has been tried
 *   silent      the same: a frozen server keeps its sockets open, so only the ping detects it
 *   expired     a new session
 *
 * The servers are tried in turn, starting at a random one. Each has `timeout / (servers + 1)` to take over the session, so one
 * silent server does not cost the session.
 *
 * Invariant: until it is closed there is a client, or an alarm is scheduled that makes the next one.
 */
import { exponential } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import { type Session, ZooKeeperClient, type ZooKeeperClientState } from './client.ts'
import type { ResolvedConnectOptions } from './options.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

/** The user of a session. */
export interface SessionUser {
  /** A server answers. Watches must be set again, and created nodes verified. */
  connected(client: ZooKeeperClient): void
  /** No server answers. Created nodes may exist as long as the session. */
  disconnected(): void
  failed(error: unknown): void
}

/** How long to wait for the end of a session, in ms. */
const patience = 1000
const backoff = exponential({ base: 100, max: '5s', jitter: 'equal' })

export class SessionKeeper {
  readonly #rules: ResolvedConnectOptions
  readonly #clock: Clock
  readonly #random: Random
  readonly #user: SessionUser
  /** Counts through the servers, round and round. */
  #turn: number
  #server = ''
  #client: ZooKeeperClient | undefined = undefined
  #connected = false
  #session: Session | undefined = undefined
  #timeout: number
  /** Failed clients in a row; and how many of them since the last connection. */
  #failures = 0
  #tried = 0
  /** When it last reported that no server can be reached. */
  #reportedAt = Number.NEGATIVE_INFINITY
  #closed: Promise<void> | undefined = undefined
  // It keeps the process alive, as the sockets before and after it do.
  readonly #next = new Alarm(() => this.#open())
  readonly #beat = new Alarm(() => this.#ping(), true)
  readonly #late = new Alarm(() => this.#silent(), true)

  constructor(rules: ResolvedConnectOptions, clock: Clock, random: Random, user: SessionUser) {
    this.#rules = rules
    this.#clock = clock
    this.#random = random
    this.#user = user
    this.#timeout = rules.sessionTimeout
    this.#turn = Math.floor(random() * rules.connect.servers.length)
    this.#open()
  }

  /** The session timeout in ms, as negotiated with the servers once connected. */
  get timeout(): number {
    return this.#timeout
  }

  /** Ends the session if there is a connection, and closes the connection. Resolves when that is done. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#clock.cancel(this.#next)
      this.#stop()
      const client = this.#client
      this.#client = undefined
      const ended = (): void => {
        this.#clock.cancel(enough)
        client?.discard()
        resolve()
      }
      const enough = new Alarm(ended)
      if (client?.leave(ended) === true) this.#clock.schedule(enough, patience)
      else ended()
    })
    return this.#closed
  }

  #open(): void {
    const { connect, sessionTimeout, auth } = this.#rules
    const { servers, root } = connect
    this.#server = servers[this.#turn % servers.length] as string
    const options = { server: this.#server + root, sessionTimeout, auth, session: this.#session }
    const client = new ZooKeeperClient(options, (state, error) => {
      if (client === this.#client) this.#onState(client, state, error)
    })
    this.#client = client
    this.#clock.schedule(this.#late, this.#timeout / (servers.length + 1))
  }

  #onState(client: ZooKeeperClient, state: ZooKeeperClientState, error: unknown): void {
    if (state === 'connected') {
      this.#stop()
      this.#connected = true
      this.#tried = 0
      this.#session = client.session
      this.#timeout = client.sessionTimeout
      this.#clock.schedule(this.#beat, this.#timeout / 3)
      this.#user.connected(client)
    } else if (state === 'expired') {
      // The server has answered, so it is asked for a new session at once.
      if (this.#session !== undefined) this.#failures = 0
      this.#session = undefined
      this.#replace(new ZooKeeperError('the session', 'SESSION_EXPIRED'), 0)
    } else if (state === 'ended') {
      this.#replace(this.#connected ? new ZooKeeperError(this.#server, 'CONNECTION_LOSS') : undefined)
    } else this.#replace(new ZooKeeperError(this.#server, state === 'refused' ? 'AUTH_FAILED' : 'UNREADABLE', error))
  }

  #ping(): void {
    const client = this.#client as ZooKeeperClient
    const answered = (): void => {
      if (client !== this.#client) return
      this.#failures = 0
      this.#stop()
      this.#clock.schedule(this.#beat, this.#timeout / 3)
    }
    this.#clock.schedule(this.#late, this.#timeout / 3)
    // An error ends the client, which is reported.
    client.ping().then(answered, () => {})
  }

  #silent(): void {
    this.#replace(
      this.#connected ? new ZooKeeperError(`${this.#server} does not respond`, 'CONNECTION_LOSS') : undefined,
    )
  }

  /** Replaces the client by the next one, `step` servers on. Without an error, it was never connected. */
  #replace(error: unknown, step = 1): void {
    this.#stop()
    const client = this.#client
    this.#client = undefined
    this.#connected = false
    client?.discard()
    this.#turn += step
    const { length } = this.#rules.connect.servers
    const more = ++this.#failures - length
    const wait = more <= 0 ? 0 : backoff.delay({ attempt: more, previous: undefined, random: this.#random })
    this.#clock.schedule(this.#next, Math.min(wait, this.#timeout / 3))
    this.#user.disconnected()
    if (error !== undefined) this.#user.failed(error)
    else if (++this.#tried >= length) this.#reportNotReached()
  }

  /** At most once in a session timeout. */
  #reportNotReached(): void {
    const now = this.#clock.now()
    if (now - this.#reportedAt < this.#timeout) return
    this.#reportedAt = now
    this.#user.failed(new ZooKeeperError(this.#rules.connect.servers.join(), 'NOT_REACHED'))
  }

  #stop(): void {
    this.#clock.cancel(this.#beat)
    this.#clock.cancel(this.#late)
  }
}
