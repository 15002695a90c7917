/** One call under a hedge: its timer, and what is known of it until a hedge starts. */
import type { Deadline } from '../core/call/deadline.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Scope } from '../core/hooks.ts'
import { pinShape } from '../core/pin-shape.ts'
import { Timer } from '../core/timer.ts'
import { HedgeRace } from './hedge-race.ts'
import type { HedgeRules, RacedCall } from './rules.ts'

export class HedgedCall extends Timer implements RacedCall {
  readonly rules: HedgeRules
  scope: Scope
  readonly index: number
  readonly startedAt: Milliseconds
  readonly delay: Milliseconds | undefined
  readonly outside: Deadline | undefined
  /** Made when a hedge is due. */
  started: HedgeRace | undefined
  /** The delay is over. */
  ripe: boolean

  constructor(rules: HedgeRules, scope: Scope, index: number, startedAt: number, delay: Milliseconds | undefined) {
    super()
    this.rules = rules
    this.scope = scope
    this.index = index
    this.startedAt = startedAt
    this.delay = delay
    this.outside = scope.limit
    this.started = undefined
    this.ripe = false
  }

  get race(): HedgeRace {
    this.started ??= new HedgeRace(this)
    return this.started
  }

  arm(now: Milliseconds): boolean {
    const { delay, scope } = this
    if (delay === undefined) return true
    const { clock } = this.rules
    if (scope.limit !== undefined && scope.remaining(clock, now) < delay) return false
    this.ripe = false
    scope.keepContext()
    clock.schedule(this, delay, now)
    return true
  }

  fire(): void {
    // What ends at this very instant comes first.
    if (!this.ripe) {
      this.ripe = true
      this.rules.clock.schedule(this, 0)
      return
    }
    this.scope.inContext(() => {
      this.scope.timePassed()
      this.race.due()
    })
  }

  /** The call was given up. */
  cancel(): void {
    this.rules.clock.cancel(this)
    this.started?.cancel()
  }
}

pinShape(new HedgedCall(undefined as never, {} as Scope, 0, 0, undefined))
