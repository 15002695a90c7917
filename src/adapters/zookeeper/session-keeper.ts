/**
 * A session that is kept: one client with one connection at a time, and the next one when that is of no more use.
 *
 *   connected   work goes on; a ping each third of the session's time must be answered within another third
 *   ended       the next server is tried, in the same session: at once, and with growing waits after each has been tried
 *   silent      the same: a server that is frozen keeps its sockets, and nothing else tells
 *   expired     another session
 *
 * The servers are tried in turn, from a random one on, and each is given `timeout / (servers + 1)` to take the session over,
 * so that a silent one costs no session.
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

/** Who uses the session. */
export interface SessionUser {
  /** A server answers: what was watched must be read anew, and what was made looked after. */
  connected(client: ZooKeeperClient): void
  /** No server does. What was made may stand for as long as the session. */
  disconnected(): void
  failed(error: unknown): void
}

/** How long the end of a session is waited for, in ms. */
const patience = 1000
const backoff = exponential({ base: 100, max: '5s', jitter: 'equal' })

export class SessionKeeper {
  readonly #rules: ResolvedConnectOptions
  readonly #clock: Clock
  readonly #random: Random
  readonly #kept: SessionUser
  /** Which server is next; those of the list are counted round and round. */
  #turn: number
  #server = ''
  #client: ZooKeeperClient | undefined = undefined
  #connected = false
  #session: Session | undefined = undefined
  #timeout: number
  /** Clients in a row that were of no use; and those of them since the last one that was connected. */
  #failures = 0
  #tried = 0
  /** When it was last told that no server can be reached. */
  #toldAt = Number.NEGATIVE_INFINITY
  #closed: Promise<void> | undefined = undefined
  // It holds the process, as the socket before it did and the next one will.
  readonly #next = new Alarm(() => this.#open())
  readonly #beat = new Alarm(() => this.#ping(), true)
  readonly #late = new Alarm(() => this.#silent(), true)

  constructor(rules: ResolvedConnectOptions, clock: Clock, random: Random, kept: SessionUser) {
    this.#rules = rules
    this.#clock = clock
    this.#random = random
    this.#kept = kept
    this.#timeout = rules.sessionTimeout
    this.#turn = Math.floor(random() * rules.connect.servers.length)
    this.#open()
  }

  /** How long the session outlives its last word, in ms: what the servers made of it, once they were met. */
  get timeout(): number {
    return this.#timeout
  }

  /** Ends the session where a server can be told, and lets go of the connection; resolves when that is done. */
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
      if (client === this.#client) this.#seen(client, state, error)
    })
    this.#client = client
    this.#clock.schedule(this.#late, this.#timeout / (servers.length + 1))
  }

  #seen(client: ZooKeeperClient, state: ZooKeeperClientState, error: unknown): void {
    if (state === 'connected') {
      this.#stop()
      this.#connected = true
      this.#tried = 0
      this.#session = client.session
      this.#timeout = client.sessionTimeout
      this.#clock.schedule(this.#beat, this.#timeout / 3)
      this.#kept.connected(client)
    } else if (state === 'expired') {
      // The server has answered, so it is asked for the next one at once.
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
    // What it fails by ends the client, and is told.
    client.ping().then(answered, () => {})
  }

  #silent(): void {
    this.#replace(this.#connected ? new ZooKeeperError(`${this.#server} is silent`, 'CONNECTION_LOSS') : undefined)
  }

  /** Puts the next client in the place of this one, `step` servers on. Where there is no error, it was never connected. */
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
    this.#kept.disconnected()
    if (error !== undefined) this.#kept.failed(error)
    else if (++this.#tried >= length) this.#tellNotReached()
  }

  /** Once in the time of a session. */
  #tellNotReached(): void {
    const now = this.#clock.now()
    if (now - this.#toldAt < this.#timeout) return
    this.#toldAt = now
    this.#kept.failed(new ZooKeeperError(this.#rules.connect.servers.join(), 'NOT_REACHED'))
  }

  #stop(): void {
    this.#clock.cancel(this.#beat)
    this.#clock.cancel(this.#late)
  }
}
