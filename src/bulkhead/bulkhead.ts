/**
 * Bulkhead: bounds how many calls are inside at once; a bounded queue, first in first out, takes the overflow.
 *
 * A slot is held until the work under it has settled, even if the caller no longer waits: real concurrency never exceeds the limit. Invariant: `active` is the number of slots held, and while a call waits, no slot is free.
 */

import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { BulkheadFullError, type BulkheadReason, stackless } from '../core/errors.ts'
import { warnOnce } from '../core/events.ts'
import { type Entry, type Exit, type Hooks, type Scope, type Traits, WAIT } from '../core/hooks.ts'
import { duration, integer, optional, orInfinity, refuseOption, resolveOptions, shorthand } from '../core/options.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { type QueueOwner, WaitQueue, type WaitReason } from '../core/wait-queue.ts'
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
  /** Calls in the queue. */
  readonly queued: number
  /** Changes the limit. A higher one starts queued calls at once; a lower one stops none. */
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
  if (resolved.maxWait !== undefined && resolved.queue === 0)
    warnOnce('bulkhead: maxWait has no effect without a queue')
  return new BulkheadPolicy(resolved)
}

interface BulkheadSettings {
  readonly limit: number
  readonly queue: number
  readonly maxWait: Milliseconds | undefined
}

const limitCheck = orInfinity(integer(0))
const Full = stackless(BulkheadFullError)

class BulkheadPolicy
  extends BasePolicy<unknown, never, unknown, BulkheadEvents>
  implements Bulkhead, QueueOwner, Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon' | 'release'>
{
  protected readonly traits: Traits
  protected readonly emits = ['enqueue', 'dequeue', 'reject']
  protected readonly options: BulkheadSettings
  #limit: number
  #active = 0
  readonly #queue = new WaitQueue(this)

  constructor({ limit, queue, maxWait, ...settings }: BulkheadSettings & ConstructorParameters<typeof BasePolicy>[1]) {
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
    return this.#queue.length
  }

  resize(limit: number): void {
    limitCheck(limit, (expected) => refuseOption('bulkhead', 'limit', expected, limit))
    this.#limit = limit
    this.#queue.admit()
  }

  override idleSince(): Milliseconds | undefined {
    return this.#active > 0 || this.queued > 0 ? undefined : Number.NEGATIVE_INFINITY
  }

  override contribution(): Contribution {
    const { queue, maxWait = Number.POSITIVE_INFINITY } = this.options
    return { role: 'slots', waits: queue > 0 ? maxWait : 0, endless: queue === Number.POSITIVE_INFINITY }
  }

  override describe() {
    return { ...super.describe(), options: { ...this.options, limit: this.#limit } }
  }

  enter(scope: Scope, index: number): Entry {
    if (this.#queue.length === 0 && this.takePlace()) return undefined
    if (this.#queue.length >= this.options.queue) return this.#refuse(scope, index, 'full')
    const timed = hasListeners(this.events, 'dequeue', scope)
    const reason = this.#queue.add(scope, index, this.options.maxWait, timed)
    if (reason !== undefined) return this.#refuse(scope, index, reason)
    if (hasListeners(this.events, 'enqueue', scope)) emitForCall(this.events, 'enqueue', scope, { queued: this.queued })
    return WAIT
  }

  success(scope: Scope, index: number): Exit {
    scope.holdUntilDrained(index)
    return undefined
  }

  failure(scope: Scope, index: number): Exit {
    scope.holdUntilDrained(index)
    return undefined
  }

  abandon(scope: Scope, index: number): void {
    if (!this.#queue.leave(scope, index)) scope.holdUntilDrained(index)
  }

  release(): void {
    this.#active--
    if (this.#queue.length > 0) this.#queue.admit()
  }

  takePlace(): boolean {
    if (this.#active >= this.#limit) return false
    this.#active++
    return true
  }

  /** The slot is taken already; it is freed if a listener aborts the call. */
  admitted(scope: Scope, index: number, waited: Milliseconds | undefined): void {
    if (waited !== undefined && !scope.over) {
      emitForCall(this.events, 'dequeue', scope, { waited, queued: this.queued })
    }
    // A listener may have aborted the call.
    if (!scope.over) scope.proceed(index)
  }

  tooLong(scope: Scope, index: number, reason: WaitReason): Error {
    return this.#refuse(scope, index, reason)
  }

  #refuse(scope: Scope, index: number, reason: BulkheadReason): BulkheadFullError {
    // A listener that aborts the call here must not free a slot that the call never had.
    scope.notEntered(index)
    const what = reason === 'full' ? 'is full' : `gave no slot in time (${reason})`
    const error = new Full(`${this.name}: bulkhead ${what}`, this.name, undefined, reason)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { reason, error })
    return error
  }
}
