/**
 * The pages that are open, and the tick that serves them all.
 *
 * Facts are looked at and written down once a tick, however many look on. Invariant: the tick is scheduled exactly while a
 * page is open, and every page that is open has got all that the board has told.
 */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import { systemRandom } from '../../../core/random.ts'
import { Alarm } from '../../../core/timer.ts'
import type { Board } from '../facts/fact-store.ts'
import { frame, greeting } from '../wire/encoding.ts'
import { Client, type Outlet } from './event-stream.ts'

/** So often at least a page hears something. */
const silence: Milliseconds = 10_000

export interface HubOptions {
  readonly every: Milliseconds
  readonly maxClients: number
  /** Hello, as JSON, around facts and at an instant, of a stream by its id. */
  readonly hello: (at: Milliseconds, facts: readonly string[], stream: string) => string
}

export class Hub {
  readonly #board: Board
  readonly #clock: Clock
  readonly #events: Events
  readonly #options: HubOptions
  /** By the id of their stream. */
  readonly #clients = new Map<string, Client>()
  readonly #alarm = new Alarm(() => this.#tick(), true)
  #spokeAt: Milliseconds = 0

  constructor(board: Board, clock: Clock, events: Events, options: HubOptions) {
    this.#board = board
    this.#clock = clock
    this.#events = events
    this.#options = options
  }

  get full(): boolean {
    return this.#clients.size >= this.#options.maxClients
  }

  /** Opens a page: `open` makes its outlet, which tells when the page has gone. */
  connect<Way extends Outlet>(open: (gone: () => void) => Way): Way {
    const now = this.#clock.now()
    if (this.#clients.size === 0) {
      this.#board.look()
      this.#spokeAt = now
    }
    const id = `${systemRandom()}`.slice(2)
    const text = greeting(this.#options.hello(this.#wall(now), this.#board.all, id))
    const outlet: Way = open(() => this.#leave(id))
    const client = new Client(outlet, text.length, now)
    if (this.#clients.size === 0) this.#clock.schedule(this.#alarm, this.#options.every, now)
    this.#clients.set(id, client)
    this.#give(id, client, text, now)
    return outlet
  }

  /** A page has read something. Gives whether its stream is open. */
  seen(id: string): boolean {
    const client = this.#clients.get(id)
    client?.heard(this.#clock.now())
    return client !== undefined
  }

  /** Ends all streams. */
  close(): void {
    for (const [id, client] of [...this.#clients]) {
      this.#leave(id)
      this.#guard(() => client.outlet.end())
    }
  }

  #wall(now: Milliseconds): number {
    return Math.round(this.#clock.wall(now))
  }

  /** Called by a timer, so nothing may come out of it. */
  #tick(): void {
    this.#guard(() => {
      this.#clock.schedule(this.#alarm, this.#options.every)
      const now = this.#clock.now()
      // Before the look: what it finds has to be sent.
      const at = this.#wall(now)
      const { set, gone } = this.#board.look()
      const news = set.length + gone.length > 0 || now - this.#spokeAt >= silence
      const text = news ? frame(at, set, gone) : undefined
      if (text !== undefined) this.#spokeAt = now
      for (const [id, client] of [...this.#clients]) this.#give(id, client, text, now)
    })
  }

  #give(id: string, client: Client, text: string | undefined, now: Milliseconds): void {
    try {
      if (!client.isSlow(now)) {
        if (text !== undefined) client.outlet.send(text)
        return
      }
    } catch (error) {
      this.#events.fault('stream', error)
    }
    this.#leave(id)
    this.#guard(() => client.outlet.destroy())
  }

  #leave(id: string): void {
    if (this.#clients.delete(id) && this.#clients.size === 0) this.#clock.cancel(this.#alarm)
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#events.fault('stream', error)
    }
  }
}
