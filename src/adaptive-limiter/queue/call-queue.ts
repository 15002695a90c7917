/**
 * The queue of an adaptive limiter.
 *
 * A wait ends when a permit is free, when it takes too long, by the deadline of the call, or by its abort. The call goes on in its caller's
 * async context. Invariant: a call is in the queue exactly while it waits, and its timer is scheduled no longer than that.
 */
import type { Clock } from '../../core/clock.ts'
import { leaveContext, runIn } from '../../core/context.ts'
import type { Contribution } from '../../core/description.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Scope } from '../../core/hooks.ts'
import { WaitEnd } from '../../core/wait-end.ts'
import type { Partition } from '../partitions.ts'
import { RequestCodel } from './codel.ts'
import { ControlledDelay } from './controlled-delay.ts'
import { QueuedCall, WaitingLine } from './waiting-line.ts'

/** What ended or forbade a wait. */
export type QueueReason = 'queue' | 'maxWait' | 'codel' | 'deadline'

/** The order of a queue. `adaptive`: first in, first out, and newest first while the queue does not empty. */
export type QueueOrder = 'adaptive' | 'fifo' | 'lifo'

export interface QueueSettings {
  readonly queue: number
  readonly maxWait: Milliseconds | undefined
  readonly order: QueueOrder
  readonly target: Milliseconds
  readonly interval: Milliseconds
}

/** What a limiter with such a queue adds to the worst case of a call. */
export function contributionOf({ queue, order, maxWait, interval }: QueueSettings): Contribution {
  const longest = order === 'adaptive' ? interval : Number.POSITIVE_INFINITY
  const waits = queue > 0 ? Math.min(maxWait ?? longest, longest) : 0
  return { role: 'slots', waits, endless: queue === Number.POSITIVE_INFINITY }
}

/** The limiter that calls wait for. */
export interface QueueLimiter {
  readonly clock: Clock
  readonly prioritized: boolean
  /** Which of those that wait may run now: undefined: none; `owed`: those whose partition has a share left. */
  readonly choice: 'any' | 'owed' | undefined
  /** Whether the partition has a share left. */
  owes(partition: Partition | undefined): boolean
  /** Takes a permit for the call and lets it go on, by `scope.proceed`. */
  admit(call: QueuedCall, now: Milliseconds): void
  /** The error that refuses a call which does not wait any more. */
  refusal(scope: Scope, index: number, reason: QueueReason): Error
}

export class CallQueue {
  readonly #limiter: QueueLimiter
  readonly #settings: QueueSettings
  readonly #line: WaitingLine
  readonly #delay: ControlledDelay | undefined
  readonly #codel: RequestCodel | undefined
  #admitting = false

  constructor(limiter: QueueLimiter, settings: QueueSettings) {
    const { order, target, interval } = settings
    this.#limiter = limiter
    this.#settings = settings
    this.#line = new WaitingLine(target)
    this.#delay = order === 'adaptive' ? new ControlledDelay(target, interval) : undefined
    this.#codel = order === 'adaptive' ? new RequestCodel(target, interval) : undefined
  }

  get clock(): Clock {
    return this.#limiter.clock
  }

  get length(): number {
    return this.#line.length
  }

  /** Lets a call wait, and the layer answers `WAIT`. Returns a reason where it may not. */
  add(scope: Scope, index: number, partition: Partition | undefined, now: Milliseconds): QueueReason | undefined {
    const { queue, maxWait = Number.POSITIVE_INFINITY } = this.#settings
    if (this.length >= queue) return 'queue'
    const { clock } = this
    if (this.length === 0) this.#delay?.empty(now)
    const patience = this.#delay?.maxWait(now) ?? Number.POSITIVE_INFINITY
    const remaining = scope.remaining(clock, now)
    const longest = Math.min(maxWait, patience)
    const limit = maxWait <= patience ? 'maxWait' : 'codel'
    const wait = Math.min(longest, remaining)
    const reason = longest <= remaining ? limit : 'deadline'
    if (wait <= 0) return reason
    const priority = this.#limiter.prioritized ? scope.priority : 0
    const call = new QueuedCall(scope, index, priority, partition, now, scope.waitContext())
    scope.note(index, call)
    this.#line.append(call)
    if (partition !== undefined) partition.queued++
    // If an outer timeout ends the wait, no timer is needed.
    if (wait !== Number.POSITIVE_INFINITY && !(reason === 'deadline' && scope.limit?.enforced)) {
      call.timer = new WaitEnd(this, call, now + longest, limit)
      clock.schedule(call.timer, wait, now)
    }
    return undefined
  }

  /** A call was given up. False if it does not wait here. */
  leave(scope: Scope, index: number): boolean {
    const call = scope.noteOf(index)
    if (!(call instanceof QueuedCall)) return false
    this.#remove(call)
    leaveContext(call.context)
    return true
  }

  /** Lets calls go on while permits are free. A call that ends at once calls this again: then the outer loop goes on. */
  admit(): void {
    if (this.#admitting) return
    this.#admitting = true
    try {
      while (this.length > 0) {
        const { choice, clock } = this.#limiter
        if (choice === undefined) return
        const now = clock.now()
        this.refuseLate(now)
        const call = this.#next(now, choice)
        if (call === undefined) continue
        if (this.#codel?.refuses(now, Math.max(0, now - call.since)) === true) this.expire(call, 'codel')
        else {
          this.#remove(call)
          this.#limiter.admit(call, now)
        }
      }
    } finally {
      this.#admitting = false
    }
  }

  /** Undefined where a listener of those that were refused just now has changed what waits. */
  #next(now: Milliseconds, choice: 'any' | 'owed'): QueuedCall | undefined {
    const newestFirst = this.#delay === undefined ? this.#settings.order === 'lifo' : this.#delay.newestFirst(now)
    return this.#line.next(now, newestFirst, ({ partition }) => choice === 'any' || this.#limiter.owes(partition))
  }

  /** The wait of a call was too long. */
  expire(call: QueuedCall, reason: QueueReason): void {
    this.#remove(call)
    const { scope, index, context } = call
    // It has no permit: if a listener aborts it now, none must be freed.
    scope.notEntered(index)
    runIn(context, () => {
      if (!scope.over) scope.refuse(index, this.#limiter.refusal(scope, index, reason))
    })
  }

  /** While the newest go first, the oldest are not served any more: those that came earlier have longer timers. */
  refuseLate(now: Milliseconds): void {
    if (this.#delay?.newestFirst(now) !== true) return
    const { target } = this.#settings
    for (let call = this.#line.oldest(); call !== undefined && now - call.since > target; call = this.#line.oldest()) {
      this.expire(call, 'codel')
    }
  }

  #remove(call: QueuedCall): void {
    const { timer, partition, scope, index } = call
    if (timer !== undefined) this.clock.cancel(timer)
    this.#line.remove(call)
    if (partition !== undefined) partition.queued--
    scope.note(index, undefined)
  }
}
