/**
 * Fallback: gives another value in place of a failure.
 *
 * Put it outermost, so that the policies inside see the failure first.
 */
import type { Call } from '../core/call/call.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import { promiseOf } from '../core/call/call-promise.ts'
import { type Contribution, longestWaitFor } from '../core/description.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import { type Exit, type Hooks, type Scope, TAKEN, type Traits } from '../core/hooks.ts'
import { anything, functionOf, isRecord, optional, resolveOptions } from '../core/options.ts'
import { everyError, type Judging, judge, type Outcome, type When } from '../core/outcome.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'

/** The argument of a fallback function. */
export interface FallbackContext {
  /** The error that is replaced; undefined where `when` judged a value a failure. */
  readonly error: unknown
  /** How the work ended. */
  readonly outcome: Outcome
  readonly call: Call
}

export interface FallbackOptions<Value, Accepts = unknown> extends PolicyOptions {
  /** The value, or a function that gives it or a promise of it. What the function throws, the caller gets unchanged. */
  readonly value: Value | ((context: FallbackContext) => Value | PromiseLike<Value>)
  /** Which outcomes are replaced; it is asked about rejections too. Default: every error. */
  readonly when?: When<Accepts>
}

export interface FallbackEvent extends EventBase {
  /** The error that is replaced. */
  readonly error: unknown
}

export interface FallbackEvents extends BaseEvents {
  /** A failure is about to be replaced. */
  fallback: FallbackEvent
}

export interface Fallback<Value, Accepts = unknown> extends Policy<Accepts, Value, unknown, FallbackEvents> {}

/**
 * Gives `value` in place of a failure.
 *
 * ```ts
 * import { fallback } from 'holdfast/fallback'
 * const orEmpty = fallback({ value: [] as string[] })
 * await orEmpty.execute(() => Promise.reject(new Error('down'))) // => []
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function fallback<Value, Accepts = unknown>(options: FallbackOptions<Value, Accepts>): Fallback<Value, Accepts> {
  const resolved = resolveOptions('fallback', options, {
    ...policyChecks,
    value: (value, fail) =>
      value === undefined && !(isRecord(options) && Object.hasOwn(options, 'value'))
        ? fail('given: a value or a function')
        : anything(value, fail),
    when: optional(functionOf<When<Accepts>>(), undefined),
  })
  return new FallbackPolicy<Value, Accepts>(resolved)
}

interface FallbackSettings<Accepts> {
  readonly value: unknown
  readonly when: When<Accepts> | undefined
}

class FallbackPolicy<Value, Accepts>
  extends BasePolicy<Accepts, Value, unknown, FallbackEvents>
  implements Fallback<Value, Accepts>, Pick<Hooks, 'success' | 'failure'>
{
  protected readonly traits: Traits
  protected readonly emits = ['fallback']
  protected readonly options: FallbackSettings<Accepts>
  readonly #judging: Judging

  constructor({ value, when, ...settings }: FallbackSettings<Accepts> & ConstructorParameters<typeof BasePolicy>[1]) {
    super('fallback', settings)
    this.options = { value, when }
    this.#judging = { when: when as When<never> | undefined, rejections: 'ask' }
    this.traits = { errorsOnly: when === undefined }
  }

  override contribution(): Contribution {
    return { role: 'replaces', waits: longestWaitFor(this.options.value) }
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    return this.#replace(scope, index, true, value)
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    return this.#replace(scope, index, false, error)
  }

  #replace(scope: Scope, index: number, ok: boolean, outcome: unknown): Exit {
    const verdict = judge(this.#judging, ok, outcome, scope, this.events, everyError)
    if (verdict !== true || scope.over) return undefined
    scope.takenOverBy(this.name)
    const error = ok ? undefined : outcome
    if (hasListeners(this.events, 'fallback', scope)) emitForCall(this.events, 'fallback', scope, { error })
    if (scope.over) return TAKEN
    let value = this.options.value
    if (typeof value === 'function') {
      const context = { error, outcome: ok ? { ok, value: outcome } : { ok, error: outcome }, call: scope }
      try {
        value = value(context) as unknown
      } catch (thrown) {
        this.#give(scope, index, false, thrown)
        return TAKEN
      }
    }
    const promise = promiseOf(value)
    if (promise === undefined) this.#give(scope, index, true, value)
    else {
      promise.then(
        (given) => this.#give(scope, index, true, given),
        (thrown) => this.#give(scope, index, false, thrown),
      )
    }
    return TAKEN
  }

  #give(scope: Scope, index: number, ok: boolean, value: unknown): void {
    if (scope.over) return
    scope.markFailed(!ok)
    scope.answer(index, ok, value)
  }
}
