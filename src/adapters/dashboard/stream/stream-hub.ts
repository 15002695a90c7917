/**
 * The open pages, and the tick that serves them all.
 *
 * Facts are read and encoded once a tick for all pages. Invariant: the tick is scheduled exactly while a page is open, and
 * every open page got all changes that the fact store has reported.
 */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import { systemRandom } from '../../../core/random.ts'
import { Alarm } from '../../../core/timer.ts'
import type { FactStore } from '../facts/fact-store.ts'
import { frameEvent, helloEvent } from '../wire/encoding.ts'
import type { EventStream } from './event-stream.ts'
import { StreamClient } from './stream-client.ts'

/** The longest time between two frames, also without changes. */
const maxSilence: Milliseconds = 10_000

export interface StreamHubOptions {
  readonly every: Milliseconds
  readonly maxClients: number
  /** The first message of a stream, as JSON, with the present facts. */
  readonly hello: (at: Milliseconds, stream: string) => string
}

export class StreamHub {
  readonly #facts: FactStore
  readonly #clock: Clock
  readonly #events: Events
  readonly #options: StreamHubOptions
  /** By the id of their stream. */
  readonly #clients = new Map<string, StreamClient>()
  readonly #alarm = new Alarm(() => this.#tick(), true)
  #sentAt: Milliseconds = 0

  constructor(facts: FactStore, clock: Clock, events: Events, options: StreamHubOptions) {
    this.#facts = facts
    this.#clock = clock
    this.#events = events
    this.#options = options
  }

  get full(): boolean {
    return this.#clients.size >= this.#options.maxClients
  }

  /** Opens a page. `open` makes its stream, which calls `onClose` when the page has left. */
  connect<Stream extends EventStream>(open: (onClose: () => void) => Stream): Stream {
    const now = this.#clock.now()
    if (this.#clients.size === 0) {
      this.#facts.refresh()
      this.#sentAt = now
    }
    const id = `${systemRandom()}`.slice(2)
    const text = helloEvent(this.#options.hello(this.#wall(now), id))
    const stream = open(() => this.#remove(id))
    const client = new StreamClient(stream, text.length, now)
    if (this.#clients.size === 0) this.#clock.schedule(this.#alarm, this.#options.every, now)
    this.#clients.set(id, client)
    this.#send(id, client, text, now)
    return stream
  }

  /** A page reports that it reads its stream. Returns whether that stream is open. */
  heartbeat(id: string): boolean {
    const client = this.#clients.get(id)
    client?.heartbeat(this.#clock.now())
    return client !== undefined
  }

  /** Ends all streams. */
  close(): void {
    for (const [id, client] of [...this.#clients]) {
      this.#remove(id)
      this.#guard(() => client.stream.end())
    }
  }

  #wall(now: Milliseconds): number {
    return Math.round(this.#clock.wall(now))
  }

  /** A timer calls it, so it must not throw. */
  #tick(): void {
    this.#guard(() => {
      this.#clock.schedule(this.#alarm, this.#options.every)
      const now = this.#clock.now()
      // Read before the facts: if the clock throws later, changes would be lost.
      const at = this.#wall(now)
      const { set, removed } = this.#facts.refresh()
      const due = set.length + removed.length > 0 || now - this.#sentAt >= maxSilence
      const text = due ? frameEvent(at, set, removed) : undefined
      if (text !== undefined) this.#sentAt = now
      for (const [id, client] of [...this.#clients]) this.#send(id, client, text, now)
    })
  }

  #send(id: string, client: StreamClient, text: string | undefined, now: Milliseconds): void {
    try {
      if (!client.isSlow(now)) {
        if (text !== undefined) client.stream.send(text)
        return
      }
    } catch (error) {
      this.#events.fault('stream', error)
    }
    this.#remove(id)
    this.#guard(() => client.stream.destroy())
  }

  #remove(id: string): void {
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
