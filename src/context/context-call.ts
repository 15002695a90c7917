/**
 * A call as code around others hands it on: what is left of its time, its priority, its key and its retry depth.
 *
 * The deadline is kept as an instant of a monotonic clock, so a step of the wall clock moves nothing, and no rounding adds time.
 * Combined with the call around it, a call can only lose: the sooner deadline holds, the lower priority, and the greater retry depth.
 */
import type { CallOptions } from '../core/call/call.ts'
import { type ClockInstant, exactDeadline } from '../core/call/deadline.ts'
import { type Clock, realClock } from '../core/clock.ts'
import { type Duration, type Milliseconds, milliseconds } from '../core/duration.ts'

/** What code runs under: the result of `currentCall()`. It can be passed on as `CallOptions`. */
export interface CurrentCall {
  /** The instant after which the result is of no use. */
  readonly deadline: Date | undefined
  /** Milliseconds left until the deadline, not rounded; 0 or less once it has passed, `Infinity` without one. */
  readonly remaining: Milliseconds
  readonly priority: number | undefined
  readonly key: string | undefined
  readonly retryDepth: number | undefined
}

/** From this length on a deadline is none: `CallOptions` take a greater number for an instant. */
const endless = 1e12

export class ContextCall implements CurrentCall {
  readonly limit: ClockInstant | undefined
  readonly priority: number | undefined
  readonly key: string | undefined
  readonly retryDepth: number | undefined

  constructor(
    limit: ClockInstant | undefined,
    { priority, key, retryDepth }: Pick<CallOptions, 'priority' | 'key' | 'retryDepth'>,
  ) {
    this.limit = limit
    this.priority = priority
    this.key = key
    this.retryDepth = retryDepth
  }

  get deadline(): Date | undefined {
    const { limit } = this
    return limit === undefined ? undefined : new Date(limit.clock.wall() + remainingUntil(limit))
  }

  get remaining(): Milliseconds {
    return remainingUntil(this.limit)
  }

  /** This call, inside `outer`. */
  inside(outer: ContextCall | undefined): ContextCall {
    if (outer === undefined) return this
    const { limit, key = outer.key } = this
    return new ContextCall(remainingUntil(limit) < outer.remaining ? limit : outer.limit, {
      key,
      priority: chosen(Math.min, this.priority, outer.priority),
      retryDepth: chosen(Math.max, this.retryDepth, outer.retryDepth),
    })
  }
}

export function remainingUntil(limit: ClockInstant | undefined): Milliseconds {
  return limit === undefined ? Number.POSITIVE_INFINITY : limit.at - limit.clock.now()
}

/** Anything that has a deadline: options, a call, or what `currentCall()` returns. */
export interface HasDeadline {
  readonly deadline?: Duration | Date | undefined
}

/** The deadline of anything that has one, as exactly as it is known. */
export function limitOf(call: HasDeadline, clock: Clock = realClock): ClockInstant | undefined {
  if (call instanceof ContextCall) return call.limit
  const exact = exactDeadline(call)
  if (exact !== undefined) return exact
  const { deadline } = call
  if (deadline === undefined) return undefined
  const after = deadline instanceof Date ? deadline.getTime() - clock.wall() : milliseconds(deadline)
  return after >= endless ? undefined : { at: clock.now() + after, clock }
}

type Choice = (one: number, other: number) => number

function chosen(choose: Choice, one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : choose(one, other)
}
