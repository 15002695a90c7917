/**
 * The tracker's own time: the monotonic clock, and what it missed while the machine slept.
 *
 * A monotonic clock stops in a suspend, the wall clock does not. Each reading takes both; where the wall moved on
 * by more than the tolerance beyond the monotonic clock, the difference is a suspend: this time jumps by it, and what
 * jumped is unknown. Where the wall fell back it was set: this time does not care, and wall labels are anchored again.
 * (Setting the wall forwards looks like a suspend, and is taken for one, but for the part by which it was known to be
 * behind.) Invariant: this time never goes back.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { show } from '../../core/options.ts'
import type { Instant } from './instant.ts'

/** The two clocks disagreed. */
export interface ClockStep {
  /** When it was noticed, in `time`. */
  readonly time: Milliseconds
  /** The same by the wall clock, as it is set now. */
  readonly at: Milliseconds
  /** How far the wall went beyond the monotonic clock: above 0 a suspend, below 0 a wall clock that was set back. */
  readonly by: Milliseconds
}

interface ClockGap {
  readonly mono: number
  readonly length: number
}

interface RecordedStep {
  readonly tick: number
  readonly by: number
}

/** Clocks drift apart by a few parts in ten thousand; that is no step. */
const drift = 0.0002
const keptSteps = 1000
/** In ms; as ms since the epoch it is March of 1973. */
const threeYears = 1e11

export class TrackerClock {
  readonly clock: Clock
  /** When it began. */
  readonly origin: number
  readonly steps: RecordedStep[] = []
  /** How far the wall clock is behind what was known before a restart; 0 where it is not, as far as is known. */
  behind = 0
  readonly #tolerance: number
  readonly #suspended: (from: number, to: number) => void
  readonly #gaps: ClockGap[] = []
  #mono: number
  #wall: number
  /** How far this time is ahead of the monotonic clock. */
  #ahead = 0

  constructor(clock: Clock, tolerance: number, suspended: (from: number, to: number) => void) {
    this.clock = clock
    this.#tolerance = tolerance
    this.#suspended = suspended
    this.#mono = reading(clock.now())
    this.#wall = reading(clock.wall())
    this.origin = this.#mono
  }

  /** Reads both clocks. */
  now(): number {
    return this.read(this.clock.now(), this.clock.wall())
  }

  /** Takes a reading that was made elsewhere. */
  read(mono: number, wall: number): number {
    const passed = mono - this.#mono
    // A clock that fails for a moment gives no time, and none has passed.
    if (passed < 0 || !Number.isFinite(passed + wall)) return this.#mono + this.#ahead
    const by = wall - this.#wall - passed
    this.#mono = mono
    this.#wall = wall
    // It was somewhere between the two readings; in the middle, what was said at either of them keeps some time.
    if (Math.abs(by) > Math.max(this.#tolerance, drift * passed)) this.#disagree(mono - passed / 2, by)
    return mono + this.#ahead
  }

  /** An instant of the monotonic clock. One at which the machine fell asleep is before the sleep. */
  from(mono: number): number {
    if (mono >= this.#mono) return mono + this.#ahead
    let ahead = 0
    for (const gap of this.#gaps) if (gap.mono < mono) ahead += gap.length
    return mono + ahead
  }

  /** Whether a number can only be ms since the epoch: as a time of the monotonic clock it would be years ahead. */
  isWall(given: number): boolean {
    return given - this.#mono >= threeYears
  }

  /** The instant `age` of the monotonic clock before the latest reading `now`. */
  back(now: number, age: number): number {
    return age > 0 ? this.from(this.time(now) - age) : now
  }

  /** An instant as users give it, in the tracker's own time. */
  instant(given: Instant): number {
    return given instanceof Date || this.isWall(given) ? this.fromWall(given.valueOf()) : this.from(given)
  }

  /** An instant of the wall clock, as it is set now. */
  fromWall(wall: number): number {
    return this.#mono + this.#ahead - (this.#wall - wall)
  }

  /** Back to the monotonic clock; a time asleep is the instant it fell asleep. */
  time(tick: number): Milliseconds {
    let ahead = 0
    for (const { mono, length } of this.#gaps) {
      if (tick - ahead <= mono) break
      ahead = Math.min(ahead + length, tick - mono)
    }
    return tick - ahead
  }

  /** The label of the wall clock, as it is set now. */
  wall(tick: number): Milliseconds {
    return this.#wall - (this.#mono + this.#ahead - tick)
  }

  /** The wall clock went by so much beyond the monotonic clock. */
  step(by: Milliseconds): void {
    this.steps.push({ tick: this.#mono + this.#ahead, by })
    if (this.steps.length > keptSteps) this.steps.shift()
  }

  /** Where the wall clock was behind, and went forward by as much at least, it was set right. Gives what is more than that. */
  setForward(by: Milliseconds, tolerance = this.#tolerance): Milliseconds {
    if (this.behind === 0 || by < this.behind - tolerance) return by
    const more = Math.max(0, by - this.behind)
    this.behind = 0
    return more
  }

  #disagree(mono: number, by: number): void {
    const from = mono + this.#ahead
    const slept = this.setForward(by)
    if (slept > 0) {
      this.#gaps.push({ mono, length: slept })
      this.#ahead += slept
    }
    this.step(by)
    if (slept > 0) this.#suspended(from, from + slept)
  }
}

/** The first reading: all others are measured from it. */
function reading(given: number): number {
  if (Number.isFinite(given)) return given
  throw new TypeError(`availabilityTracker: clock must give finite times, got ${show(given)}`)
}
