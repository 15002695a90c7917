/**
 * Timeout: bounds how long a caller waits.
 *
 * The call rejects at the limit whether or not the work heeds its signal; the work goes on detached, its late result is
 * dropped. A call that ends in time has nothing aborted, so a streamed body stays readable.
 *
 * Invariant: from enter to leave the one timer of this call is among the limits of the scope (or in its notes, where the
 * call's deadline is in another clock); there is none where an outer timeout or an infinite limit makes it pointless.
 */

import { emitForCall, hasListeners } from '../core/call-events.ts'
import { runIn } from '../core/context.ts'
import { abandon, settle, split } from '../core/drive.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { TimeoutError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import type { Limit } from '../core/limit.ts'
import { duration, resolveOptions, shorthand } from '../core/options.ts'
import { BasePolicy, type Policy, type PolicyOptions, policyChecks } from '../core/policy.ts'
import type { Hooks, Scope } from '../core/scope.ts'
import { pinShape } from '../core/shape.ts'
import { Timer } from '../core/timer.ts'
import type { Entry, Verdict } from '../core/verdict.ts'

export interface TimeoutOptions extends PolicyOptions {
  /** How long the caller waits, above 0; `Infinity` for no limit. A sooner `call.deadline` goes first. */
  readonly after: Duration
}

export interface TimeoutEvent extends EventBase {
  /** The limit that was reached, in ms. */
  readonly after: Milliseconds
  readonly error: TimeoutError
}

export interface TimeoutEvents extends BaseEvents {
  /** A limit was reached; sent before the call rejects. */
  timeout: TimeoutEvent
}

export interface Timeout extends Policy<unknown, never, unknown, TimeoutEvents> {}

/**
 * Rejects with `TimeoutError` when the work takes longer than `after`.
 *
 * ```ts
 * import { timeout } from 'holdfast/timeout'
 * const quick = timeout('2s')
 * await quick.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function timeout(options: Duration | TimeoutOptions): Timeout {
  const given = options === undefined ? {} : shorthand('after', options)
  return new TimeoutPolicy(resolveOptions('timeout', given, { ...policyChecks, after: duration('> 0', true) }))
}

class TimeoutPolicy
  extends BasePolicy<unknown, never, unknown, TimeoutEvents>
  implements Timeout, Pick<Hooks, 'plain' | 'after' | 'timed' | 'enter' | 'success' | 'failure' | 'abandon' | 'moved'>
{
  protected readonly traits = { detaches: true, cancels: true, quiet: true }
  protected readonly emits = ['timeout']
  protected readonly options: { readonly after: Milliseconds }

  constructor({ after, ...settings }: { readonly after: Milliseconds } & ConstructorParameters<typeof BasePolicy>[1]) {
    super('timeout', settings)
    this.options = { after }
  }

  get after(): Milliseconds {
    return this.options.after
  }

  plain(): boolean {
    return true
  }

  timed(scope: Scope, index: number, timer: Timer): Timer {
    const expiry = new Expiry(this, scope, index, this.after, timer)
    expiry.at = timer.at
    scope.limit = expiry
    return expiry
  }

  enter(scope: Scope, index: number): Entry {
    const { clock } = this
    const { after } = this.options
    const now = scope.now(clock)
    const remaining = scope.remaining(clock, now)
    // An outer timeout of ours stands at the deadline already, or there is no limit at all.
    if ((remaining <= after && scope.limit?.enforced) || (after === Number.POSITIVE_INFINITY && remaining === after)) {
      return undefined
    }
    const limit = Math.min(after, Math.max(0, remaining))
    const { root } = scope
    if (root.context === undefined && root.links.runsUserCode()) scope.keepContext()
    const expiry = new Expiry(this, scope, index, limit)
    clock.schedule(expiry, limit, now)
    const own = scope.caller.clock
    if (clock === own) scope.limit = expiry
    else {
      scope.note(index, expiry)
      scope.limit = { at: own.now() + limit, enforced: true, outside: scope.limit }
    }
    return undefined
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
    this.#leave(scope, index)
  }

  moved(scope: Scope, index: number): void {
    const expiry = expiryOf(scope, index)
    if (expiry !== undefined) expiry.scope = scope
  }

  expire(expiry: Expiry): void {
    const { index, after } = expiry
    const inner = expiry.scope
    const outer = split(inner, index)
    expiry.leave(outer)
    outer.depth = index
    const error = new TimeoutError(this.name, after)
    outer.bad = true
    abandon(inner, error, true)
    if (hasListeners(this.events, 'timeout', outer)) emitForCall(this.events, 'timeout', outer, { after, error })
    if (!outer.over) settle(outer, index - 1, false, error)
  }

  #leave(scope: Scope, index: number): void {
    const expiry = expiryOf(scope, index)
    if (expiry === undefined) return
    this.clock.cancel(expiry.timer)
    expiry.leave(scope)
  }
}

/** The timer of layer `index`. A layer is entered once by the scopes of one chain that follow each other. */
function expiryOf(scope: Scope, index: number): Expiry | undefined {
  for (let limit = scope.limit; limit !== undefined; limit = limit.outside) {
    if (limit instanceof Expiry && limit.index === index && limit.scope.links === scope.links) return limit
  }
  return scope.notes?.[index] as Expiry | undefined
}

/** The timer of one call, and, in its own clock, the deadline of all inside. */
class Expiry extends Timer implements Limit {
  readonly policy: TimeoutPolicy
  /** The scope that holds the timeout's layer. */
  scope: Scope
  readonly index: number
  readonly after: Milliseconds
  readonly outside: Limit | undefined

  /** What is scheduled: itself, or the plain call it was. */
  readonly timer: Timer

  constructor(policy: TimeoutPolicy, scope: Scope, index: number, after: Milliseconds, timer?: Timer) {
    super()
    this.timer = timer ?? this
    this.policy = policy
    this.scope = scope
    this.index = index
    this.after = after
    this.outside = scope.limit
  }

  get enforced(): boolean {
    return true
  }

  /** Gives the layers outside their own deadline back. */
  leave(scope: Scope): void {
    scope.limit = this.outside
  }

  fire(): void {
    runIn(this.scope.root.context, () => this.policy.expire(this))
  }
}

pinShape(new Expiry(undefined as never, {} as Scope, 0, 0))
