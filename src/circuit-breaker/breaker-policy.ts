/**
 * Circuit breaker: stops calling what keeps failing, and finds out with few calls when it works again.
 *
 * closed → open when a rule trips; open → half-open at the first call at or after `until`; half-open → closed or open by
 * the verdict of the probes. Each change starts a new generation, and a result counts only in the generation its call was
 * admitted in, so late results change nothing. Invariants: exactly one `open` event an opening; no admission while open;
 * permits of probes are conserved. Generations as in gobreaker; time-outs of probes as in resilience4j's wishes (#935).
 */

import { startEpoch } from '../core/admission-epoch.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { CircuitOpenError, CircuitOpenReason } from '../core/errors.ts'
import type { Entry, Exit, Hooks, Scope, Traits } from '../core/hooks.ts'
import { judge, rejectionsIgnored } from '../core/outcome.ts'
import { BasePolicy } from '../core/policy.ts'
import type { CircuitState, Isolation, TripOptions } from './circuit.ts'
import { type CircuitBreakerEvents, eventNames, type OpenCause } from './events.ts'
import { Isolations } from './isolations.ts'
import { Openings } from './openings.ts'
import { type Resolved, resolveTrip } from './options.ts'
import { Permit, PermitList } from './permit.ts'
import { circuitOpen } from './refusal.ts'
import type { CircuitSnapshot } from './snapshot.ts'
import { Tally, type Trip } from './tally.ts'
import { Trial } from './trial.ts'

/** Noted where the breaker does not watch the call. */
const unwatched = -1

export class CircuitBreakerPolicy
  extends BasePolicy<never, never, unknown, CircuitBreakerEvents>
  implements Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = eventNames
  readonly #rules: Resolved
  readonly #tally: Tally
  readonly #watches: boolean
  readonly #watched = new PermitList()
  #state: CircuitState = 'closed'
  /** The number of its latest change of state, among those of all layers. */
  #generation = 0
  readonly #openings: Openings
  #trial: Trial | undefined = undefined
  readonly #isolations = new Isolations()
  #restoring: CircuitSnapshot | undefined
  /** Its first call has come. */
  #begun: boolean
  #warmUntil: number | undefined = undefined

  constructor(rules: Resolved) {
    super('circuitBreaker', rules)
    const { restore } = rules
    this.#rules = rules
    this.traits = { quiet: rules.when === undefined && typeof rules.openFor !== 'function' }
    this.#openings = new Openings(this, rules.openFor)
    this.#tally = new Tally(rules)
    this.#watches = this.#tally.watches
    this.#restoring = restore
    this.#begun = restore === undefined && rules.warmUp === undefined
    if (restore !== undefined) {
      this.#state = restore.state === 'half-open' ? 'open' : restore.state
      this.#openings.count = restore.openings
    }
  }

  protected get options(): object {
    const { name: _name, clock: _clock, random: _random, restore: _restore, ...shown } = this.#rules
    return shown
  }

  get state(): CircuitState {
    return this.#state
  }

  isolate(): Isolation {
    const isolation = this.#isolations.add(() => this.#close())
    if (this.#state !== 'isolated') {
      this.#turn('isolated')
      if (this.events.hasListeners('isolate')) this.events.emit('isolate', {})
    }
    return isolation
  }

  disable(): void {
    this.#isolations.clear()
    if (this.#state === 'disabled') return
    this.#turn('disabled')
    if (this.events.hasListeners('disable')) this.events.emit('disable', {})
  }

  reset(): void {
    this.#isolations.clear()
    this.#close()
  }

  trip(options?: TripOptions): void {
    const { openFor } = resolveTrip(options)
    if (this.#state === 'isolated' || this.#state === 'disabled') return
    this.#restore()
    const now = this.clock.now()
    this.#open('manual', undefined, now, now, openFor)
  }

  snapshot(): CircuitSnapshot {
    this.#restore()
    const { clock } = this
    const now = clock.now()
    const open = this.#state === 'open'
    return Object.freeze({
      version: 1,
      state: this.#state === 'isolated' ? 'closed' : this.#state,
      openings: this.#openings.count,
      remaining: open ? Math.max(0, this.#openings.until - now) : 0,
      at: clock.wall(),
      ...(this.#state === 'closed' ? { counts: this.#tally.saved(now) } : {}),
      ...(this.#warmUntil === undefined ? {} : { warmUp: Math.max(0, this.#warmUntil - now) }),
    })
  }

  enter(scope: Scope, index: number): Entry {
    if (!this.#begun) this.#begin()
    if (this.#state === 'closed') {
      if (!this.#watches) {
        // A call that began after the latest change needs no note: it was admitted in this generation.
        if (this.#generation > scope.epoch) scope.note(index, this.#generation)
        return undefined
      }
      const now = scope.now(this.clock)
      this.#trip(this.#tally.countOverdue(this.#watched, now), undefined)
      if (this.#state === 'closed') {
        scope.note(index, this.#watched.add(new Permit(this.#generation, now, false)))
        return undefined
      }
    }
    if (this.#state === 'disabled') {
      scope.note(index, unwatched)
      return undefined
    }
    if (this.#state === 'isolated') return this.#refusal(scope, 'isolated', undefined)
    const now = scope.now(this.clock)
    if (this.#state === 'open') {
      const left = this.#openings.until - now
      if (left > 0) return this.#refusal(scope, 'open', left)
      this.#halfOpen()
      // Aborted by a listener: otherwise the permit would not be returned.
      if (scope.over) return undefined
    }
    return this.#probe(scope, index, now)
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    const { when } = this.#rules
    if (when === undefined && scope.noteOf(index) === undefined) {
      // The outcome of nearly every call.
      if (this.#generation <= scope.epoch) this.#trip(this.#tally.good(this.clock), undefined)
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

  /** A watched call has its outcome: once, and only in the generation it was admitted in. */
  #settle(scope: Scope, index: number, verdict: boolean | 'ignore', error: unknown): void {
    const note = scope.noteOf(index) as Permit | number | undefined
    if (typeof note === 'object') this.#settleWatched(note, verdict, error)
    else if (verdict !== 'ignore' && this.#generation <= (note ?? scope.epoch)) this.#count(undefined, verdict, error)
    if (verdict === false) {
      this.events.success?.emit(this.events.basePayload(scope.now(this.clock)))
      return
    }
    const event = verdict === 'ignore' ? 'ignored' : 'failure'
    if (this.events.hasListeners(event)) this.events.emit(event, { error })
  }

  #settleWatched(permit: Permit, verdict: boolean | 'ignore', error: unknown): void {
    if (permit.generation !== this.#generation || permit.lapsed) return
    this.#watched.remove(permit)
    if (verdict !== 'ignore') this.#count(permit, verdict, error)
    else if (permit.probe && this.#trial !== undefined) this.#trial.issued--
  }

  #count(permit: Permit | undefined, failed: boolean, error: unknown): void {
    if (permit?.probe) {
      const now = this.clock.now()
      this.#decide(this.#trial as Trial, failed, this.#tally.isSlow(permit, now), now, error, now)
    } else this.#trip(this.#tally.record(failed, permit, this.clock), error)
  }

  #trip(trip: Trip | undefined, error: unknown): void {
    if (trip === undefined || trip.now < (this.#warmUntil ?? trip.now)) return
    this.#open(trip.cause, error, trip.since, trip.now)
  }

  #probe(scope: Scope, index: number, now: number): Entry {
    const watched = this.#watched
    // A listener to `halfOpen` may have ended the trial.
    const trial = this.#trial as Trial
    if (this.#state === 'half-open') trial.issued -= watched.lapse(this.#openings.openFor as number, now)
    // A probe that hangs longer than a call may take is a bad one, and need not lapse first.
    for (let head = watched.head; head !== undefined && this.#tally.isSlow(head, now); head = watched.head) {
      watched.drop(head)
      this.#decide(trial, false, true, this.#tally.slowSince(head), undefined, now)
    }
    if (this.#state !== 'half-open') return this.enter(scope, index)
    if (trial.full) return this.#refusal(scope, 'half-open', undefined)
    trial.issued++
    scope.note(index, this.#watched.add(new Permit(this.#generation, now, true)))
    return undefined
  }

  /** A probe has ended, or hangs; where it is a bad one, `since` then. */
  #decide(trial: Trial, failed: boolean, slow: boolean, since: number, error: unknown, now: number): void {
    const verdict = trial.record(failed, slow, since)
    if (verdict === 'close') this.#close()
    if (verdict !== 'open') return
    const cause = failed ? (this.#rules.failureRate === undefined ? 'consecutive' : 'rate') : 'slow'
    this.#open(cause, error, trial.since, now)
  }

  #open(cause: OpenCause, error: unknown, since: number, now: number, given?: number): void {
    const generation = this.#generation
    const openFor = given ?? this.#openings.next(error)
    // A listener to its fault may have isolated or reset the breaker, which holds.
    if (generation !== this.#generation) return
    this.#turn('open')
    this.#openings.begin(openFor, now)
    if (this.events.hasListeners('open')) this.events.emit('open', { cause, error, since, until: this.#openings.until })
  }

  #halfOpen(): void {
    this.#turn('half-open')
    const { probes, failureRate, slowCallRate } = this.#rules
    this.#trial = new Trial(probes, failureRate, slowCallRate)
    if (this.events.hasListeners('halfOpen')) this.events.emit('halfOpen', {})
  }

  #close(): void {
    const from = this.#state
    this.#turn('closed')
    this.#openings.end()
    if (from !== 'closed' && this.events.hasListeners('close')) this.events.emit('close', { from })
  }

  #turn(state: CircuitState): void {
    this.#restoring = undefined
    this.#state = state
    this.#generation = startEpoch()
    this.#trial = undefined
    this.#watched.clear()
    this.#tally.clear()
  }

  #begin(): void {
    this.#begun = true
    this.#restore()
    this.#warmUntil ??= this.clock.now() + (this.#rules.warmUp ?? 0)
  }

  /** The clock is known only at the first call, so what is left of an opening is dated then. */
  #restore(): void {
    const snapshot = this.#restoring
    if (snapshot === undefined) return
    this.#restoring = undefined
    const now = this.clock.now()
    const passed = Math.max(0, this.clock.wall() - snapshot.at)
    if (snapshot.warmUp !== undefined) this.#warmUntil = now + snapshot.warmUp - passed
    if (snapshot.counts !== undefined) this.#tally.restore(snapshot.counts, now - passed)
    if (this.#state === 'open') this.#openings.resume(Math.max(0, snapshot.remaining - passed), now)
  }

  #refusal(scope: Scope, reason: CircuitOpenReason, retryAfter: number | undefined): CircuitOpenError {
    const error = circuitOpen(this.name, reason, retryAfter)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { error, state: reason })
    return error
  }
}
