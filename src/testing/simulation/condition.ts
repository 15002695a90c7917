/**
 * Which faults hold at this moment, and what they add up to.
 *
 * Each fault is a row of instants at which it begins and ends in turn, and one timer that goes from one to the next, so its
 * window is exact: what happens at `from` meets the fault, what happens at `to` does not.
 * Invariant: `condition` is the sum of the faults whose switch is on.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { Timer } from '../../core/timer.ts'
import type { ResolvedFault } from './faults.ts'

/** When a fault begins and ends, in turn. */
function* edges({ kind, from, to, period = 0, part = 0 }: ResolvedFault): Generator<Milliseconds, void> {
  if (kind !== 'flap') {
    yield from
    yield to
    return
  }
  for (let start = from, count = 1; start < to; start = from + count++ * period) {
    yield start
    yield Math.min(to, start + part * period)
  }
}

/** What holds at a moment. */
export interface Condition {
  readonly down: boolean
  readonly hung: boolean
  /** How long an answer takes that is an error; undefined where not every one is. */
  readonly failsAfter: Milliseconds | undefined
  readonly factor: number
  readonly errorRate: number
}

const sound: Condition = { down: false, hung: false, failsAfter: undefined, factor: 1, errorRate: 0 }

export class Faults {
  readonly #clock: Clock
  readonly #switches: readonly Switch[]
  condition = sound

  /** `changed` is told the condition before, once it is another. */
  constructor(clock: Clock, faults: readonly ResolvedFault[], changed: (before: Condition) => void) {
    this.#clock = clock
    this.#switches = faults.map(
      (fault) =>
        new Switch(clock, fault, () => {
          const before = this.condition
          this.condition = this.#summed()
          changed(before)
        }),
    )
  }

  start(): void {
    for (const each of this.#switches) each.arm()
  }

  stop(): void {
    for (const each of this.#switches) this.#clock.cancel(each)
  }

  #summed(): Condition {
    const holding = this.#switches.filter(({ on }) => on).map(({ fault }) => fault)
    const has = (kind: ResolvedFault['kind']): boolean => holding.some((fault) => fault.kind === kind)
    return {
      down: has('down') || has('flap'),
      hung: has('hang'),
      failsAfter: holding.find(({ kind }) => kind === 'fail')?.after,
      factor: holding.reduce((product, { factor = 1 }) => product * factor, 1),
      errorRate: holding.reduce((most, { rate = 0 }) => Math.max(most, rate), 0),
    }
  }
}

class Switch extends Timer {
  readonly fault: ResolvedFault
  readonly #clock: Clock
  readonly #flipped: () => void
  readonly #edges: Iterator<Milliseconds, void>
  on = false

  constructor(clock: Clock, fault: ResolvedFault, flipped: () => void) {
    super()
    this.fault = fault
    this.#clock = clock
    this.#flipped = flipped
    this.#edges = edges(fault)
  }

  arm(): void {
    const { value } = this.#edges.next()
    // From 0 on, so that no sum of times is rounded.
    if (value !== undefined && value !== Number.POSITIVE_INFINITY) this.#clock.schedule(this, value, 0)
  }

  fire(): void {
    this.on = !this.on
    this.#flipped()
    this.arm()
  }
}
