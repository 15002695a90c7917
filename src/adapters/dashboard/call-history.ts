/**
 * What calls came to before: a sample each 5 s, as JSON, for pages that are opened later.
 *
 * Invariant: samples are no older than they are kept, and together no longer than a page should have to load.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Events } from '../../core/events.ts'
import { Alarm } from '../../core/timer.ts'
import { json } from './json.ts'
import type { CallCounts } from './wire/facts.ts'

const step = 5000
const mostText = 1_000_000

export class Past {
  readonly #clock: Clock
  readonly #events: Events
  readonly #keep: Milliseconds
  readonly #counts: () => Readonly<Record<string, CallCounts>>
  readonly #alarm = new Alarm(() => this.#look(), true)
  readonly #samples: { readonly time: Milliseconds; readonly text: string }[] = []
  #length = 0
  #running = false

  constructor(clock: Clock, events: Events, keep: Milliseconds, counts: () => Readonly<Record<string, CallCounts>>) {
    this.#clock = clock
    this.#events = events
    this.#keep = keep
    this.#counts = counts
  }

  /** Elements of a JSON array, oldest first. */
  get samples(): readonly string[] {
    return this.#samples.map(({ text }) => text)
  }

  start(): void {
    if (this.#running || this.#keep === 0) return
    this.#running = true
    this.#look()
  }

  stop(): void {
    this.#running = false
    this.#clock.cancel(this.#alarm)
  }

  /** Called by a timer, so nothing may come out of it. */
  #look(): void {
    try {
      this.#clock.schedule(this.#alarm, step)
      this.#take(this.#clock.now())
    } catch (error) {
      this.#events.fault('past', error)
    }
  }

  #take(time: Milliseconds): void {
    const text = json({ at: Math.round(this.#clock.wall(time)), calls: this.#counts() })
    this.#samples.push({ time, text })
    this.#length += text.length
    for (const old of [...this.#samples]) {
      if (this.#length <= mostText && time - old.time <= this.#keep) return
      this.#samples.shift()
      this.#length -= old.text.length
    }
  }
}
