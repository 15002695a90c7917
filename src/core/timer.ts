/** Timers: what a clock calls later. */
import type { Milliseconds } from './duration.ts'

/** Something that happens later; it is its own node in a list of timers. Schedule an instance only once at a time. */
export abstract class Timer {
  /** When it is due, in `now()`; set by the clock. */
  at: Milliseconds = Number.NaN
  /** Set by the clock while it is scheduled. */
  list: object | undefined = undefined
  previous: Timer | undefined = undefined
  next: Timer | undefined = undefined

  /** A background timer does not keep the process alive. */
  get background(): boolean {
    return false
  }

  abstract fire(): void
}

/** A timer that calls a function. */
export class Alarm extends Timer {
  readonly #ring: () => void
  readonly #background: boolean

  constructor(ring: () => void, background = false) {
    super()
    this.#ring = ring
    this.#background = background
  }

  override get background(): boolean {
    return this.#background
  }

  fire(): void {
    this.#ring()
  }
}
