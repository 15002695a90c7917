/**
 * Circuit breaker: stops calling what keeps failing, and finds out with few calls when it works again.
 *
 * This is the layer: it admits and refuses calls by the state of the circuit, and gives their results to it. Invariant: no
 * admission while the circuit is open.
 */

import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { CircuitOpenError, CircuitOpenReason } from '../core/errors.ts'
import type { Entry, Exit, Hooks, Scope, Traits } from '../core/hooks.ts'
import { judge, rejectionsIgnored } from '../core/outcome.ts'
import { BasePolicy } from '../core/policy.ts'
import type { CircuitState, Isolation, TripOptions } from './circuit.ts'
import { type CircuitBreakerEvents, eventNames } from './events.ts'
import { type ResolvedBreakerOptions, resolveTrip } from './options.ts'
import type { BreakerPermit } from './permit.ts'
import { circuitOpen } from './refusal.ts'
import type { CircuitSnapshot } from './snapshot.ts'
import { CircuitStateMachine } from './state-machine.ts'

/** Noted on a call that a disabled breaker admitted: its result does not count. */
const unwatched = -1

export class CircuitBreakerPolicy
  extends BasePolicy<never, never, unknown, CircuitBreakerEvents>
  implements Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = eventNames
  readonly #rules: ResolvedBreakerOptions
  readonly #circuit: CircuitStateMachine
  /** Every call gets a permit, because it may become slow. */
  readonly #watches: boolean

  constructor(rules: ResolvedBreakerOptions) {
    super('circuitBreaker', rules)
    this.#rules = rules
    this.traits = { quiet: rules.when === undefined && typeof rules.openFor !== 'function' }
    this.#circuit = new CircuitStateMachine(this, rules)
    this.#watches = this.#circuit.tally.watches
  }

  protected get options(): object {
    const { name: _name, clock: _clock, random: _random, restore: _restore, ...shown } = this.#rules
    return shown
  }

  override contribution(): Contribution {
    const { window, failureRate, slowCallRate } = this.#rules
    const judged = typeof window === 'number' && (failureRate ?? slowCallRate) !== undefined
    return judged ? { role: 'circuit', hints: true, window } : { role: 'circuit', hints: true }
  }

  get state(): CircuitState {
    return this.#circuit.state
  }

  /** Open or half-open, it is idle since the end of its opening; what was set by hand is kept. */
  override idleSince(): Milliseconds | undefined {
    const { state, openings } = this.#circuit
    if (state === 'closed') return Number.NEGATIVE_INFINITY
    if (state === 'isolated' || state === 'disabled') return undefined
    return openings.until <= this.clock.now() ? openings.until : undefined
  }

  isolate(): Isolation {
    return this.#circuit.isolate()
  }

  disable(): void {
    this.#circuit.disable()
  }

  reset(): void {
    this.#circuit.reset()
  }

  trip(options?: TripOptions): void {
    this.#circuit.openByHand(resolveTrip(options).openFor)
  }

  snapshot(): CircuitSnapshot {
    return this.#circuit.snapshot()
  }

  enter(scope: Scope, index: number): Entry {
    const circuit = this.#circuit
    if (!circuit.begun) circuit.begin()
    if (circuit.state === 'closed') {
      if (!this.#watches) {
        // A call that began after the latest change needs no note: it was admitted in this generation.
        if (circuit.generation > scope.epoch) scope.note(index, circuit.generation)
        return undefined
      }
      const now = scope.now(this.clock)
      circuit.countOverdue(now)
      if (this.state === 'closed') {
        scope.note(index, circuit.watch(now))
        return undefined
      }
    }
    if (circuit.state === 'disabled') {
      scope.note(index, unwatched)
      return undefined
    }
    if (circuit.state === 'isolated') return this.#refusal(scope, 'isolated', undefined)
    const now = scope.now(this.clock)
    if (circuit.state === 'open') {
      const left = circuit.openings.until - now
      if (left > 0) return this.#refusal(scope, 'open', left)
      circuit.halfOpen()
      // Aborted by a listener: otherwise the permit would not be returned.
      if (scope.over) return undefined
    }
    return this.#probe(scope, index, now)
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    const { when } = this.#rules
    if (when === undefined && scope.noteOf(index) === undefined) {
      // The outcome of nearly every call.
      const circuit = this.#circuit
      if (circuit.generation <= scope.epoch) circuit.tripOn(circuit.tally.good(this.clock), undefined)
      this.events.success?.emit(this.events.basePayload(scope.now(this.clock)))
      return undefined
    }
    if (scope.noteOf(index) === unwatched) return undefined
    const verdict = judge(this.#rules, true, value, scope, this.events, rejectionsIgnored)
    if (verdict === true) scope.markFailed(true)
    this.#settle(scope, index, verdict, undefined)
    return undefined
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    if (scope.noteOf(index) === unwatched) return undefined
    this.#settle(scope, index, judge(this.#rules, false, error, scope, this.events, rejectionsIgnored), error)
    return undefined
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    if (counts) this.failure(scope, index, error)
    else if (scope.noteOf(index) !== unwatched) this.#settle(scope, index, 'ignore', error)
  }

  /** A call has its outcome: once, and only in the generation it was admitted in. */
  #settle(scope: Scope, index: number, verdict: boolean | 'ignore', error: unknown): void {
    const circuit = this.#circuit
    const note = scope.noteOf(index) as BreakerPermit | number | undefined
    if (typeof note === 'object') circuit.settle(note, verdict, error)
    else if (verdict !== 'ignore' && circuit.generation <= (note ?? scope.epoch))
      circuit.count(undefined, verdict, error)
    if (verdict === false) {
      this.events.success?.emit(this.events.basePayload(scope.now(this.clock)))
      return
    }
    const event = verdict === 'ignore' ? 'ignored' : 'failure'
    if (this.events.hasListeners(event)) this.events.emit(event, { error })
  }

  #probe(scope: Scope, index: number, now: number): Entry {
    this.#circuit.reviewProbes(now)
    if (this.state !== 'half-open') return this.enter(scope, index)
    const permit = this.#circuit.probe(now)
    if (permit === undefined) return this.#refusal(scope, 'half-open', undefined)
    scope.note(index, permit)
    return undefined
  }

  /** The error that refuses a call, after its event. */
  #refusal(scope: Scope, reason: CircuitOpenReason, retryAfter: number | undefined): CircuitOpenError {
    const error = circuitOpen(this.name, reason, retryAfter)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { error, state: reason })
    return error
  }
}
