/**
 * Calls that wait for a place, first in, first out.
 *
 * A wait ends when a place becomes free, by `maxWait`, by the deadline of the call, or by its abort. The call goes on in its
 * caller's async context, whatever ended the wait. Invariant: a call is in the queue exactly while it waits, and its timer is
 * scheduled no longer than that.
 */
import type { Clock } from './clock.ts'
import { type Context, leaveContext, runIn } from './context.ts'
import type { Milliseconds } from './duration.ts'
import type { Scope } from './hooks.ts'
import { LinkedList, type ListNode } from './linked-list.ts'
import { pinShape } from './pin-shape.ts'
import { WaitEnd } from './wait-end.ts'

/** What limited the wait of a call. */
export type WaitReason = 'maxWait' | 'deadline'

/** The policy in whose queue calls wait. */
export interface QueueOwner {
  readonly clock: Clock
  /** Takes a place for the first call in the queue; false if none is free. */
  takePlace(): boolean
  /** A call has its place: calls `scope.proceed(index)`. `waited` is given to calls added with `timed`. */
  admitted(scope: Scope, index: number, waited: Milliseconds | undefined): void
  /** A call has waited too long: returns the error that refuses it. */
  tooLong(scope: Scope, index: number, reason: WaitReason): Error
}

export class WaitQueue {
  readonly #owner: QueueOwner
  readonly #calls = new LinkedList<WaitingCall>()
  #length = 0
  #admitting = false

  constructor(owner: QueueOwner) {
    this.#owner = owner
  }

  get clock(): Clock {
    return this.#owner.clock
  }

  get length(): number {
    return this.#length
  }

  /**
   * Lets a call wait, and the layer answers `WAIT`. Returns a reason if there is no time to wait. `timed`: pass the time it
   * waited to `admitted`.
   */
  add(scope: Scope, index: number, maxWait: Milliseconds | undefined, timed: boolean): WaitReason | undefined {
    const { clock } = this.#owner
    const limited = maxWait !== undefined || scope.limit !== undefined
    const now = limited || timed ? scope.now(clock) : 0
    const remaining = limited ? scope.remaining(clock, now) : Number.POSITIVE_INFINITY
    const wait = Math.min(maxWait ?? Number.POSITIVE_INFINITY, remaining)
    const reason = maxWait !== undefined && maxWait <= remaining ? 'maxWait' : 'deadline'
    if (wait <= 0) return reason
    const call = new WaitingCall(scope, index, timed ? now : undefined, scope.waitContext())
    scope.note(index, call)
    this.#calls.append(call)
    this.#length++
    // If an outer timeout ends the wait, no timer is needed.
    if (wait !== Number.POSITIVE_INFINITY && !(reason === 'deadline' && scope.limit?.enforced)) {
      call.timer = new WaitEnd(this, call, now + (maxWait ?? Number.POSITIVE_INFINITY), 'maxWait')
      clock.schedule(call.timer, wait, now)
    }
    return undefined
  }

  /** A call was given up. False if it does not wait here. */
  leave(scope: Scope, index: number): boolean {
    const call = scope.noteOf(index)
    if (!(call instanceof WaitingCall)) return false
    this.#remove(call)
    leaveContext(call.context)
    return true
  }

  /** Lets calls go on while a place is free. A call that ends at once calls this again: then the outer loop goes on. */
  admit(): void {
    if (this.#admitting) return
    this.#admitting = true
    try {
      for (let call = this.#calls.head; call !== undefined && this.#owner.takePlace(); call = this.#calls.head) {
        this.#remove(call)
        this.#goOn(call)
      }
    } finally {
      this.#admitting = false
    }
  }

  #goOn({ scope, index, since, context }: WaitingCall): void {
    runIn(context, () => {
      const waited = since === undefined ? undefined : this.#owner.clock.now() - since
      this.#owner.admitted(scope, index, waited)
    })
  }

  /** The wait of a call was too long. */
  expire(call: WaitingCall, reason: WaitReason): void {
    this.#remove(call)
    const { scope, index, context } = call
    // It has no place: if a listener aborts it now, none must be freed.
    scope.notEntered(index)
    runIn(context, () => {
      if (!scope.over) scope.refuse(index, this.#owner.tooLong(scope, index, reason))
    })
  }

  #remove(call: WaitingCall): void {
    if (call.timer !== undefined) this.#owner.clock.cancel(call.timer)
    this.#calls.remove(call)
    this.#length--
    call.scope.note(call.index, undefined)
  }
}

class WaitingCall implements ListNode<WaitingCall> {
  previous: WaitingCall | undefined
  next: WaitingCall | undefined
  readonly scope: Scope
  readonly index: number
  /** When it began to wait; undefined unless `timed`. */
  readonly since: Milliseconds | undefined
  readonly context: Context | undefined
  timer: WaitEnd<WaitingCall, 'maxWait'> | undefined

  constructor(scope: Scope, index: number, since: Milliseconds | undefined, context: Context | undefined) {
    this.previous = undefined
    this.next = undefined
    this.scope = scope
    this.index = index
    this.since = since
    this.context = context
    this.timer = undefined
  }
}

pinShape(new WaitingCall(undefined as never, 0, undefined, undefined))
