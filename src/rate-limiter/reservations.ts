/**
 * Calls that wait for a start that is fixed, first in, first out.
 *
 * Each call has a timer of its own, so that no wait depends on a timer of another call. Timers of different lengths may fire a little out
 * of order: the one that fires first starts all calls before its own too. Invariant: a call is in the queue exactly while it waits, its
 * timer is scheduled no longer than that, and starts in the queue never decrease.
 */
import type { Clock } from '../core/clock.ts'
import { type Context, leaveContext, runIn } from '../core/context.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Scope } from '../core/hooks.ts'
import { LinkedList, type ListNode } from '../core/linked-list.ts'
import { Timer } from '../core/timer.ts'

/** What a call took when it came. */
export interface Reserved {
  readonly start: Milliseconds
  readonly cost: number
  /** The state of the algorithm before. */
  readonly mark: unknown
  /** The number of this taking, which says whether it is the latest. */
  readonly taking: number
}

export class Reservations {
  readonly #owner: { readonly clock: Clock }
  readonly #calls = new LinkedList<ReservedCall>()
  #length = 0
  #starting = false

  constructor(owner: { readonly clock: Clock }) {
    this.#owner = owner
  }

  get length(): number {
    return this.#length
  }

  /** Lets a call wait for `start`, which is `wait` after `now` by the clock. */
  add(scope: Scope, index: number, reserved: Reserved, wait: Milliseconds, now: Milliseconds): void {
    const call = new ReservedCall(this, scope, index, reserved, scope.waitContext())
    scope.note(index, call)
    this.#calls.append(call)
    this.#length++
    this.#owner.clock.schedule(call.timer, wait, now)
  }

  /** A call was given up. What it had reserved; undefined where it does not wait here. */
  leave(scope: Scope, index: number): Reserved | undefined {
    const call = scope.noteOf(index)
    if (!(call instanceof ReservedCall)) return undefined
    this.#remove(call)
    leaveContext(call.context)
    return call.reserved
  }

  /** Starts the calls whose start is no later than `time`. A call that ends at once leaves the loop here. */
  startUntil(time: Milliseconds): void {
    if (this.#starting) return
    this.#starting = true
    try {
      for (let call = this.#calls.head; call !== undefined && call.reserved.start <= time; call = this.#calls.head) {
        this.#remove(call)
        const { scope, index, context } = call
        // Where the context is reached by a promise, the call may have been given up by then.
        runIn(context, () => {
          if (!scope.over) scope.proceed(index)
        })
      }
    } finally {
      this.#starting = false
    }
  }

  /** What all that wait have reserved, in order. */
  reserved(): readonly Reserved[] {
    const all: Reserved[] = []
    for (let call = this.#calls.head; call !== undefined; call = call.next) all.push(call.reserved)
    return all
  }

  /** Gives all that wait other reservations, in order. */
  replan(reserved: readonly Reserved[], now: Milliseconds): void {
    const { clock } = this.#owner
    let at = 0
    for (let call = this.#calls.head; call !== undefined; call = call.next) {
      call.reserved = reserved[at++] as Reserved
      clock.cancel(call.timer)
      clock.schedule(call.timer, call.reserved.start - now)
    }
  }

  #remove(call: ReservedCall): void {
    this.#owner.clock.cancel(call.timer)
    this.#calls.remove(call)
    this.#length--
    call.scope.note(call.index, undefined)
  }
}

class ReservedCall implements ListNode<ReservedCall> {
  previous: ReservedCall | undefined = undefined
  next: ReservedCall | undefined = undefined
  readonly scope: Scope
  readonly index: number
  reserved: Reserved
  readonly context: Context | undefined
  readonly timer: StartTimer

  constructor(queue: Reservations, scope: Scope, index: number, reserved: Reserved, context: Context | undefined) {
    this.scope = scope
    this.index = index
    this.reserved = reserved
    this.context = context
    this.timer = new StartTimer(queue, this)
  }
}

class StartTimer extends Timer {
  readonly #queue: Reservations
  readonly #call: ReservedCall

  constructor(queue: Reservations, call: ReservedCall) {
    super()
    this.#queue = queue
    this.#call = call
  }

  fire(): void {
    this.#queue.startUntil(this.#call.reserved.start)
  }
}
