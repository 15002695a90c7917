/**
 * Switches the faults of a simulated server on and off, and combines those that are on.
 *
 * Each fault is a sequence of times at which it begins and ends, and one timer that goes from one to the next. So its window is
 * exact: work at `from` meets the fault, work at `to` does not.
 * Invariant: `condition` combines the faults whose switch is on.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { Timer } from '../../core/timer.ts'
import type { ResolvedFault } from './faults.ts'

/** The times at which a fault begins and ends, alternately. */
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

/** The combined effect of the faults at a moment. */
export interface ServerCondition {
  readonly down: boolean
  readonly hung: boolean
  /** How long an answer takes where all answers are errors; undefined where they are not. */
  readonly failsAfter: Milliseconds | undefined
  readonly factor: number
  readonly errorRate: number
}

const healthy: ServerCondition = { down: false, hung: false, failsAfter: undefined, factor: 1, errorRate: 0 }

export class FaultSchedule {
  readonly #clock: Clock
  readonly #switches: readonly FaultSwitch[]
  condition = healthy

  /** Calls `changed` with the previous condition after each change. */
  constructor(clock: Clock, faults: readonly ResolvedFault[], changed: (before: ServerCondition) => void) {
    this.#clock = clock
    this.#switches = faults.map(
      (fault) =>
        new FaultSwitch(clock, fault, () => {
          const before = this.condition
          this.condition = this.#combined()
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

  #combined(): ServerCondition {
    const active = this.#switches.filter(({ on }) => on).map(({ fault }) => fault)
    const has = (kind: ResolvedFault['kind']): boolean => active.some((fault) => fault.kind === kind)
    return {
      down: has('down') || has('flap'),
      hung: has('hang'),
      failsAfter: active.find(({ kind }) => kind === 'fail')?.after,
      factor: active.reduce((product, { factor = 1 }) => product * factor, 1),
      errorRate: active.reduce((most, { rate = 0 }) => Math.max(most, rate), 0),
    }
  }
}

class FaultSwitch extends Timer {
  readonly fault: ResolvedFault
  readonly #clock: Clock
  readonly #toggled: () => void
  readonly #edges: Iterator<Milliseconds, void>
  on = false

  constructor(clock: Clock, fault: ResolvedFault, toggled: () => void) {
    super()
    this.fault = fault
    this.#clock = clock
    this.#toggled = toggled
    this.#edges = edges(fault)
  }

  arm(): void {
    const { value } = this.#edges.next()
    // Counted from time 0, so that no sum of times is rounded.
    if (value !== undefined && value !== Number.POSITIVE_INFINITY) this.#clock.schedule(this, value, 0)
  }

  fire(): void {
    this.on = !this.on
    this.#toggled()
    this.arm()
  }
}
