/**
 * Chaos: makes some calls fail, answer otherwise or wait, to see whether the policies outside hold.
 *
 * Put it innermost: what it injects then counts as the dependency's, for every policy outside. One number is drawn for each
 * call that enters, and something is injected where that is below the rate; a latency is taken from the same number, so a
 * seed gives the same sequence whatever is injected. It is off unless enabled.
 */
import type { Call } from '../core/call/call.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import { promiseOf } from '../core/call/call-promise.ts'
import { type Contribution, longestWaitFor } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import { ChaosError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import { type Entry, type Hooks, Layer, type Scope, type Traits, WAIT } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import { seededSource } from '../core/random.ts'
import { DelayedStart } from './delayed-start.ts'
import type { Injection, LatencyBounds } from './injection.ts'
import {
  type Behavior,
  type ChaosOptions,
  type ChaosSettings,
  type Enabled,
  type Rate,
  resolveChaosOptions,
} from './options.ts'

export interface InjectEvent extends EventBase {
  readonly injected: Injection
  /** The length of a latency in ms; undefined otherwise. */
  readonly delay: Milliseconds | undefined
}

export interface ChaosEvents extends BaseEvents {
  /** Something was injected into a call. */
  inject: InjectEvent
}

export interface ChaosSnapshot {
  /** How often something was injected since construction. */
  readonly injected: number
}

export interface Chaos<Value = never> extends Policy<unknown, Value, unknown, ChaosEvents> {
  /** How often something was injected since construction. */
  readonly injected: number
  snapshot(): ChaosSnapshot
}

/**
 * Injects faults, values, latency or behavior into some calls.
 *
 * ```ts
 * import { chaos } from 'holdfast/chaos'
 * const flaky = chaos({ enabled: true, rate: 1 })
 * await flaky.execute(() => 'fine').catch((error) => error.code) // => 'HF_CHAOS'
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function chaos<Value = never>(options?: ChaosOptions<Value>): Chaos<Value> {
  return new ChaosPolicy<Value>(resolveChaosOptions(options))
}

/** A function of the user gave nothing of use. */
const FAILED = Symbol('failed')

class ChaosPolicy<Value>
  extends BasePolicy<unknown, Value, unknown, ChaosEvents>
  implements Chaos<Value>, Pick<Hooks, 'enter' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['inject']
  protected readonly options: Omit<ChaosSettings, 'injection'>
  readonly #injection: Injection
  #injected = 0

  constructor(settings: ReturnType<typeof resolveChaosOptions>) {
    const { injection, enabled, rate, seed, key, fault, value, latency, behavior, count, random, ...rest } = settings
    super('chaos', { ...rest, random: seed === undefined ? random : seededSource(seed) })
    this.options = { enabled, rate, seed, key, fault, value, latency, behavior, count }
    this.#injection = injection
    const asked = [enabled, rate, fault, value, behavior].some((option) => typeof option === 'function')
    this.traits = { detaches: injection !== 'fault', quiet: !asked }
  }

  override contribution(): Contribution {
    const { enabled, latency, value, behavior } = this.options
    const waits = latency?.max ?? longestWaitFor(behavior ?? value)
    return { role: 'injects', waits: enabled === false ? 0 : waits }
  }

  get injected(): number {
    return this.#injected
  }

  snapshot(): ChaosSnapshot {
    return { injected: this.#injected }
  }

  /** Switched off for good, it is no layer. */
  protected override link(): readonly Layer[] {
    return this.options.enabled === false ? [] : [new Layer(this, this.traits)]
  }

  enter(scope: Scope, index: number): Entry {
    const { enabled, rate, key } = this.options
    if (enabled !== true && !this.#isEnabled(enabled as Enabled, scope)) return undefined
    if (key !== undefined && (scope.key === undefined || !key.test(scope.key))) return undefined
    const share = typeof rate === 'number' ? rate : this.#rateOf(rate, scope)
    const draw = this.#draw()
    // Functions of the user may have aborted the call.
    return draw < share && !scope.over ? this.#inject(scope, index, draw / Math.min(1, share)) : undefined
  }

  abandon(scope: Scope, index: number): void {
    const start = scope.noteOf(index)
    if (start instanceof DelayedStart) this.clock.cancel(start)
  }

  /** `part` is from 0 (included) to 1 (excluded): where between its bounds a latency is. */
  #inject(scope: Scope, index: number, part: number): Entry {
    switch (this.#injection) {
      case 'fault':
        return this.#fail(scope, index)
      case 'value':
        return this.#replace(scope, index)
      case 'latency':
        return this.#delay(scope, index, part)
      case 'behavior':
        return this.#behave(scope, index)
    }
  }

  #fail(scope: Scope, index: number): Entry {
    const { fault } = this.options
    let given = fault === undefined ? undefined : this.#ask('fault', fault, scope)
    if (promiseOf(given) !== undefined)
      given = this.#refuseResult('fault', 'what the call fails with, not a promise', given)
    if (scope.over) return undefined
    const error = given === undefined || given === FAILED ? new ChaosError(this.name) : given
    this.#note(scope, true, undefined)
    if (scope.over) return undefined
    scope.refuse(index, error)
    return WAIT
  }

  #replace(scope: Scope, index: number): Entry {
    const { value } = this.options
    let given = value
    if (typeof value === 'function') {
      try {
        given = value(scope) as unknown
      } catch (error) {
        this.events.fault('value', error)
        return undefined
      }
      if (scope.over) return undefined
    }
    const promise = promiseOf(given)
    if (promise === undefined) return this.#answer(scope, index, given)
    promise.then(
      (settled) => {
        if (!scope.over) this.#answer(scope, index, settled)
      },
      (error) => this.#goOnAfter(scope, index, 'value', error),
    )
    return WAIT
  }

  #answer(scope: Scope, index: number, value: unknown): Entry {
    this.#note(scope, true, undefined)
    if (scope.over) return undefined
    scope.markFailed(false)
    scope.answer(index, true, value)
    return WAIT
  }

  #delay(scope: Scope, index: number, part: number): Entry {
    const { min, max } = this.options.latency as LatencyBounds
    const delay = min + (max - min) * part
    this.#note(scope, false, delay)
    if (scope.over || delay === 0) return undefined
    scope.callerContext()
    const start = new DelayedStart(scope, index)
    scope.note(index, start)
    this.clock.schedule(start, delay)
    return WAIT
  }

  #behave(scope: Scope, index: number): Entry {
    this.#note(scope, false, undefined)
    if (scope.over) return undefined
    const promise = promiseOf(this.#ask('behavior', this.options.behavior as Behavior, scope))
    if (promise === undefined) return undefined
    promise.then(
      () => this.#goOn(scope, index),
      (error) => this.#goOnAfter(scope, index, 'behavior', error),
    )
    return WAIT
  }

  /** A function of the user failed: the operation runs as if nothing had been injected. */
  #goOnAfter(scope: Scope, index: number, source: string, error: unknown): void {
    this.events.fault(source, error)
    this.#goOn(scope, index)
  }

  #goOn(scope: Scope, index: number): void {
    if (!scope.over) scope.proceed(index)
  }

  #note(scope: Scope, asWork: boolean, delay: Milliseconds | undefined): void {
    this.#injected++
    scope.markInjected(asWork, !this.options.count)
    if (!hasListeners(this.events, 'inject', scope)) return
    emitForCall(this.events, 'inject', scope, { injected: this.#injection, delay })
  }

  #isEnabled(enabled: Enabled, scope: Scope): boolean {
    const is: unknown = this.#ask('enabled', enabled, scope)
    if (typeof is === 'boolean') return is
    if (is !== FAILED) this.#refuseResult('enabled', 'a boolean', is)
    return false
  }

  #rateOf(rate: Rate, scope: Scope): number {
    const share: unknown = this.#ask('rate', rate, scope)
    if (typeof share === 'number' && !Number.isNaN(share)) return share
    if (share !== FAILED) this.#refuseResult('rate', 'a number from 0 to 1', share)
    return 0
  }

  #draw(): number {
    try {
      return this.random()
    } catch (error) {
      this.events.fault('random', error)
      return 1
    }
  }

  #ask(source: string, ask: (call: Call) => unknown, call: Call): unknown {
    try {
      return ask(call)
    } catch (error) {
      this.events.fault(source, error)
      return FAILED
    }
  }

  /** A function of the user returned something else than it should. */
  #refuseResult(source: string, expected: string, result: unknown): typeof FAILED {
    ignoreRejection(result)
    this.events.fault(source, new TypeError(`${source} must return ${expected}`))
    return FAILED
  }
}
