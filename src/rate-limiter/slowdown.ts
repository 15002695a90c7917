/**
 * The limiter's own time after a server has said that nothing is left: it stops until the server's reset, then runs at 1/8 of its speed,
 * and doubles in each period until it runs as before.
 *
 * All algorithms count in this time, so permits come back more slowly in any of them, and waits are still decided at arrival. The time
 * is continuous and never runs faster than the clock, so a limiter never passes more than its own limit.
 */
import type { Milliseconds } from '../core/duration.ts'

/** Periods at reduced speed, and the speed of the first. */
const steps = 3
const firstSpeed = 1 / 2 ** steps

export class Slowdown {
  /** When it runs again, by the clock. */
  readonly until: Milliseconds
  readonly #per: Milliseconds
  /** Its own time while it is stopped. */
  readonly #stopped: Milliseconds

  constructor(stopped: Milliseconds, until: Milliseconds, per: Milliseconds) {
    this.#stopped = stopped
    this.until = until
    this.#per = per
  }

  /** Its own time at `time` of the clock. */
  at(time: Milliseconds): Milliseconds {
    let left = Math.max(0, time - this.until)
    let own = this.#stopped
    for (let step = 0, speed = firstSpeed; step < steps && left > 0; step++, speed *= 2) {
      const part = Math.min(left, this.#per)
      own += part * speed
      left -= part
    }
    return own + left
  }

  /** When it will be `own`: the other way round. `own` must not be before the stop. */
  timeOf(own: Milliseconds): Milliseconds {
    let left = own - this.#stopped
    let time = this.until
    for (let step = 0, speed = firstSpeed; step < steps && left > 0; step++, speed *= 2) {
      const part = Math.min(left, this.#per * speed)
      time += part / speed
      left -= part
    }
    return time + left
  }
}
