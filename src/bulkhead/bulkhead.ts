/**
 * Bulkhead: bounds how many calls are inside at once; a bounded queue, first in first out, takes the overflow.
 *
 * A slot is held until the work under it has really settled, also when the caller stopped waiting: real concurrency never
 * exceeds the limit. Invariant: `active` is the number of slots held, and while a call waits, no slot is free.
 */

import { emitForCall, hasListeners } from '../core/call-events.ts'
import { type Context, leaveContext, runIn, wayBack } from '../core/context.ts'
import { proceed, refuse } from '../core/drive.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { BulkheadFullError, type BulkheadReason, stackless } from '../core/errors.ts'
import { advise } from '../core/events.ts'
import { duration, integer, optional, orInfinity, refuseOption, resolveOptions, shorthand } from '../core/options.ts'
import { BasePolicy, type Policy, type PolicyOptions, policyChecks } from '../core/policy.ts'
import type { Hooks, Scope } from '../core/scope.ts'
import { pinShape } from '../core/shape.ts'
import { Timer } from '../core/timer.ts'
import { type Entry, type Traits, type Verdict, WAIT } from '../core/verdict.ts'
import type { BulkheadEvents } from './events.ts'

export interface BulkheadOptions extends PolicyOptions {
  /** Calls inside at once: an integer >= 0, or `Infinity`; 0 admits nothing. */
  readonly limit: number
  /** Calls that may wait: an integer >= 0, or `Infinity`. Default 0. */
  readonly queue?: number
  /** The longest wait in the queue, >= 0. Default: no limit but the call's deadline. */
  readonly maxWait?: Duration
}

export interface Bulkhead extends Policy<unknown, never, unknown, BulkheadEvents> {
  readonly limit: number
  /** Slots held. */
  readonly active: number
  /** Calls that wait. */
  readonly queued: number
  /** Changes the limit: raised, calls that wait start at once; lowered, nothing is stopped. */
  resize(limit: number): void
}

/**
 * Admits `limit` calls at once and lets `queue` more wait.
 *
 * ```ts
 * import { bulkhead } from 'holdfast/bulkhead'
 * const few = bulkhead({ limit: 20, queue: 50, maxWait: '500ms' })
 * await few.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function bulkhead(options: number | BulkheadOptions): Bulkhead {
  const given = options === undefined ? {} : shorthand('limit', options)
  const resolved = resolveOptions('bulkhead', given, {
    ...policyChecks,
    limit: limitCheck,
    queue: optional(integer(0, true), 0),
    maxWait: optional(duration('>= 0'), undefined),
  })
  if (resolved.maxWait !== undefined && resolved.queue === 0) advise('bulkhead: maxWait has no effect without a queue')
  return new BulkheadPolicy(resolved)
}

interface Resolved {
  readonly limit: number
  readonly queue: number
  readonly maxWait: Milliseconds | undefined
}

const limitCheck = orInfinity(integer(0))
const Full = stackless(BulkheadFullError)

class BulkheadPolicy
  extends BasePolicy<unknown, never, unknown, BulkheadEvents>
  implements Bulkhead, Pick<Hooks, 'plain' | 'take' | 'enter' | 'success' | 'failure' | 'abandon' | 'release'>
{
  protected readonly traits: Traits
  protected readonly emits = ['enqueue', 'dequeue', 'reject']
  protected readonly options: Resolved
  #limit: number
  #active = 0
  #queued = 0
  #head: Ticket | undefined = undefined
  #tail: Ticket | undefined = undefined
  #admitting = false

  constructor({ limit, queue, maxWait, ...settings }: Resolved & ConstructorParameters<typeof BasePolicy>[1]) {
    super('bulkhead', settings)
    this.options = { limit, queue, maxWait }
    this.traits = { detaches: queue > 0, quiet: true }
    this.#limit = limit
  }

  get limit(): number {
    return this.#limit
  }

  get active(): number {
    return this.#active
  }

  get queued(): number {
    return this.#queued
  }

  resize(limit: number): void {
    limitCheck(limit, (expected) => refuseOption('bulkhead', 'limit', expected, limit))
    this.#limit = limit
    this.#admit()
  }

  override describe() {
    return { ...super.describe(), options: { ...this.options, limit: this.#limit } }
  }

  plain(): boolean {
    return this.#active < this.#limit && this.#head === undefined
  }

  take(): void {
    this.#active++
  }

  enter(scope: Scope, index: number): Entry {
    if (this.plain()) {
      this.take()
      return undefined
    }
    if (this.#queued >= this.options.queue) return this.#refusal(scope, index, 'full')
    return this.#enqueue(scope, index)
  }

  success(scope: Scope, index: number): Verdict {
    this.#leave(scope, index)
    return undefined
  }

  failure(scope: Scope, index: number): Verdict {
    this.#leave(scope, index)
    return undefined
  }

  abandon(scope: Scope, index: number): void {
    const ticket = scope.notes?.[index]
    if (ticket instanceof Ticket) {
      this.#dequeue(ticket)
      leaveContext(ticket.context)
    } else this.#leave(scope, index)
  }

  release(): void {
    this.#active--
    if (this.#head !== undefined) this.#admit()
  }

  /** A ticket's wait was too long. */
  expire(ticket: Ticket): void {
    this.#dequeue(ticket)
    const { scope, index, reason, context } = ticket
    // It has no slot, should it be given up from here on.
    scope.depth = index
    runIn(context, () => {
      if (!scope.over) refuse(scope, index, this.#refusal(scope, index, reason))
    })
  }

  /** The call leaves; its slot is freed now, or when the work under it has settled. */
  #leave(scope: Scope, index: number): void {
    if (scope.live === 0) {
      this.release()
      return
    }
    const { more } = scope
    more.held ??= []
    more.held.push(index)
  }

  #enqueue(scope: Scope, index: number): Entry {
    const { maxWait } = this.options
    const timed = maxWait !== undefined || scope.limit !== undefined
    const told = hasListeners(this.events, 'dequeue', scope)
    const now = timed || told ? scope.now(this.clock) : 0
    const remaining = timed ? scope.remaining(this.clock, now) : Number.POSITIVE_INFINITY
    const wait = Math.min(maxWait ?? Number.POSITIVE_INFINITY, remaining)
    const reason = maxWait !== undefined && maxWait <= remaining ? 'maxWait' : 'deadline'
    if (wait <= 0) return this.#refusal(scope, index, reason)
    const context = wayBack() ?? scope.keepContext()
    const ticket = new Ticket(this, scope, index, reason, told ? now : undefined, context)
    scope.note(index, ticket)
    ticket.ahead = this.#tail
    if (this.#tail === undefined) this.#head = ticket
    else this.#tail.behind = ticket
    this.#tail = ticket
    this.#queued++
    // An outer timeout of ours ends the wait itself.
    if (wait !== Number.POSITIVE_INFINITY && !(reason === 'deadline' && scope.limit?.enforced)) {
      this.clock.schedule(ticket, wait, now)
    }
    if (hasListeners(this.events, 'enqueue', scope))
      emitForCall(this.events, 'enqueue', scope, { queued: this.#queued })
    return WAIT
  }

  #dequeue(ticket: Ticket): void {
    this.clock.cancel(ticket)
    if (ticket.ahead === undefined) this.#head = ticket.behind
    else ticket.ahead.behind = ticket.behind
    if (ticket.behind === undefined) this.#tail = ticket.ahead
    else ticket.behind.ahead = ticket.ahead
    ticket.ahead = ticket.behind = undefined
    this.#queued--
    ticket.scope.note(ticket.index, undefined)
  }

  /** Starts calls that wait while slots are free. A call that ends at once only frees its slot: the loop goes on here. */
  #admit(): void {
    if (this.#admitting) return
    this.#admitting = true
    try {
      while (this.#head !== undefined && this.#active < this.#limit) {
        const ticket = this.#head
        this.#dequeue(ticket)
        this.#active++
        runIn(ticket.context, () => this.#start(ticket))
      }
    } finally {
      this.#admitting = false
    }
  }

  /** Its slot is taken already, and freed where the call is given up. */
  #start({ scope, index, since }: Ticket): void {
    if (since !== undefined && !scope.over) {
      const now = this.clock.now()
      emitForCall(this.events, 'dequeue', scope, { waited: now - since, queued: this.#queued }, now)
    }
    // A listener may have aborted the call.
    if (!scope.over) proceed(scope, index)
  }

  #refusal(scope: Scope, index: number, reason: BulkheadReason): BulkheadFullError {
    // Not entered: a listener that aborts the call here must not free a slot it never had.
    scope.depth = index
    const said = reason === 'full' ? 'is full' : `gave no slot in time (${reason})`
    const error = new Full(`${this.name}: bulkhead ${said}`, this.name, undefined, reason)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { reason, error })
    return error
  }
}

/** A call's place in the queue, and the timer of its wait. */
class Ticket extends Timer {
  readonly policy: BulkheadPolicy
  readonly scope: Scope
  readonly index: number
  readonly reason: BulkheadReason
  /** When it began to wait, where somebody wants to know how long. */
  readonly since: Milliseconds | undefined
  /** The call's own: its slot is freed by another call, and its wait may be ended by a timer of others. */
  readonly context: Context | undefined
  ahead: Ticket | undefined = undefined
  behind: Ticket | undefined = undefined

  constructor(
    policy: BulkheadPolicy,
    scope: Scope,
    index: number,
    reason: BulkheadReason,
    since: Milliseconds | undefined,
    context: Context | undefined,
  ) {
    super()
    this.policy = policy
    this.scope = scope
    this.index = index
    this.reason = reason
    this.since = since
    this.context = context
  }

  fire(): void {
    this.policy.expire(this)
  }
}

pinShape(new Ticket(undefined as never, undefined as never, 0, 'full', undefined, undefined))
