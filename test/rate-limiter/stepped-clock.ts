/** A clock that a test sets, also back; timers never fire. */
import type { Clock } from 'holdfast'

export interface SteppedClock extends Clock {
  time: number
}

export function steppedClock(): SteppedClock {
  return {
    time: 0,
    now() {
      return this.time
    },
    wall() {
      return this.time
    },
    schedule() {},
    cancel() {},
  }
}
