/**
 * Timeout: bounds how long a caller waits.
 *
 * The call rejects at the limit whether or not the work heeds its signal. The work goes on detached, and its late result is
 * dropped. Nothing of a call that ends in time is aborted, so a streamed body stays readable.
 *
 * Invariant: from enter to leave the one timer of this call is among the limits of the scope (or in its notes, where the
 * call's deadline is in another clock); there is none where an outer timeout or an infinite limit makes it pointless.
 */

import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Deadline } from '../core/call/deadline.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { TimeoutError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import type { Entry, Exit, Hooks, Scope, Traits } from '../core/hooks.ts'
import { duration, resolveOptions, shorthand } from '../core/options.ts'
import { pinShape } from '../core/pin-shape.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { Timer } from '../core/timer.ts'

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
  implements Timeout, Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon' | 'moved'>
{
  protected readonly traits: Traits
  protected readonly emits = ['timeout']
  protected readonly options: { readonly after: Milliseconds }

  constructor({ after, ...settings }: { readonly after: Milliseconds } & ConstructorParameters<typeof BasePolicy>[1]) {
    super('timeout', settings)
    this.options = { after }
    this.traits = { detaches: true, cancels: true, quiet: true, atMost: after }
  }

  override contribution(): Contribution {
    return { role: 'limits', atMost: this.options.after }
  }

  enter(scope: Scope, index: number): Entry {
    const { clock } = this
    const { after } = this.options
    const now = scope.now(clock)
    const remaining = scope.remaining(clock, now)
    // An outer timeout ends the call by then, or there is no limit.
    if ((remaining <= after && scope.limit?.enforced) || (after === Number.POSITIVE_INFINITY && remaining === after)) {
      return undefined
    }
    const wait = Math.min(after, Math.max(0, remaining))
    scope.keepContext()
    const expiry = new Expiry(this, scope, index, wait)
    clock.schedule(expiry, wait, now)
    const own = scope.owner.clock
    const { limit } = scope
    if (wait < after && limit?.rises) {
      scope.note(index, expiry)
      scope.lowerDeadline(new LatestLimit(limit, own.now() + after))
    } else if (clock === own) scope.lowerDeadline(expiry)
    else {
      scope.note(index, expiry)
      scope.lowerDeadline({ at: own.now() + wait, enforced: true, outside: limit })
    }
    return undefined
  }

  success(scope: Scope, index: number): Exit {
    this.#leave(scope, index)
    return undefined
  }

  failure(scope: Scope, index: number): Exit {
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

  /** Whether an expiry that a deadline has brought forward waits on, since that deadline was put off. */
  goesOn(expiry: Expiry, deadline: Deadline): boolean {
    const { clock } = this
    const { scope, after } = expiry
    const left = deadline.at - scope.owner.clock.now()
    const more = Math.min(this.options.after - after, left)
    if (more <= 0) return false
    expiry.after += more
    if (more !== Number.POSITIVE_INFINITY) clock.schedule(expiry, more)
    return true
  }

  expire(expiry: Expiry): void {
    const { index, after, scope: inner } = expiry
    const outer = inner.split(index)
    outer.restoreDeadline(expiry)
    outer.notEntered(index)
    outer.markFailed(true)
    const error = new TimeoutError(this.name, after)
    inner.giveUp(error, true)
    if (hasListeners(this.events, 'timeout', outer)) emitForCall(this.events, 'timeout', outer, { after, error })
    outer.answer(index, false, error)
  }

  #leave(scope: Scope, index: number): void {
    const expiry = expiryOf(scope, index)
    if (expiry === undefined) return
    this.clock.cancel(expiry)
    scope.restoreDeadline(expiry)
  }
}

/** The timer of layer `index`. A layer is entered once by the scopes of one chain that follow each other. */
function expiryOf(scope: Scope, index: number): Expiry | undefined {
  for (let limit = scope.limit; limit !== undefined; limit = limit.outside) {
    if (limit instanceof Expiry && limit.index === index && limit.scope.links === scope.links) return limit
  }
  return scope.noteOf(index) as Expiry | undefined
}

/** The timer of one call, and, in its own clock, the deadline of all inside. */
class Expiry extends Timer implements Deadline {
  readonly policy: TimeoutPolicy
  /** The scope that holds the layer of the timeout. */
  scope: Scope
  readonly index: number
  /** How long it waits: the limit of the policy, or less for the sake of a deadline. */
  after: Milliseconds
  readonly outside: Deadline | undefined

  constructor(policy: TimeoutPolicy, scope: Scope, index: number, after: Milliseconds) {
    super()
    this.policy = policy
    this.scope = scope
    this.index = index
    this.after = after
    this.outside = scope.limit
  }

  get enforced(): boolean {
    return true
  }

  fire(): void {
    const { outside } = this
    if (outside?.rises && this.policy.goesOn(this, outside)) return
    this.scope.inContext(() => this.policy.expire(this))
  }
}

/** The deadline of all inside where one outside, which may be put off, is sooner than the timeout. */
class LatestLimit implements Deadline {
  readonly enforced = false
  readonly rises = true
  readonly outside: Deadline
  readonly #until: Milliseconds

  constructor(outside: Deadline, until: Milliseconds) {
    this.outside = outside
    this.#until = until
  }

  get at(): Milliseconds {
    return Math.min(this.outside.at, this.#until)
  }
}

pinShape(new Expiry(undefined as never, {} as Scope, 0, 0))
