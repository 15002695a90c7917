/**
 * Counts of calls, sampled every 5 s and kept as JSON for pages that open later.
 *
 * Invariant: no sample is older than `keep`, and all samples together are at most 1 MB, which a page loads when it opens.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Events } from '../../core/events.ts'
import { Alarm } from '../../core/timer.ts'
import { json } from './wire/encoding.ts'
import type { CallCounts } from './wire/facts.ts'

const step = 5000
const maxLength = 1_000_000

export class CallHistory {
  readonly #clock: Clock
  readonly #events: Events
  readonly #keep: Milliseconds
  readonly #counts: () => Readonly<Record<string, CallCounts>>
  readonly #alarm = new Alarm(() => this.#sample(), true)
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
    this.#sample()
  }

  stop(): void {
    this.#running = false
    this.#clock.cancel(this.#alarm)
  }

  /** A timer calls it, so it must not throw. */
  #sample(): void {
    try {
      this.#clock.schedule(this.#alarm, step)
      this.#add(this.#clock.now())
    } catch (error) {
      this.#events.fault('history', error)
    }
  }

  #add(time: Milliseconds): void {
    const text = json({ at: Math.round(this.#clock.wall(time)), calls: this.#counts() })
    this.#samples.push({ time, text })
    this.#length += text.length
    for (const old of [...this.#samples]) {
      if (this.#length <= maxLength && time - old.time <= this.#keep) return
      this.#samples.shift()
      this.#length -= old.text.length
    }
  }
}
