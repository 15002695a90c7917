/**
 * The state of a circuit and its transitions. It knows permits and counts, but no calls.
 *
 * closed → open when a rule trips; open → half-open at the first call at or after `until`; half-open → closed or open by
 * the verdict of the probes. Each change starts a new generation, and a result counts only in the generation its call was
 * admitted in, so late results change nothing. Invariants: exactly one `open` event an opening; permits of probes are
 * conserved. Generations as in gobreaker; timeouts of probes as in resilience4j's wishes (#935).
 */

import { startEpoch } from '../core/admission-epoch.ts'
import { realClock } from '../core/clock.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { CircuitState, Isolation } from './circuit.ts'
import type { OpenCause } from './events.ts'
import { Isolations } from './isolations.ts'
import { Openings } from './openings.ts'
import type { ResolvedBreakerOptions } from './options.ts'
import { BreakerPermit, PermitList } from './permit.ts'
import { aged, type CircuitSnapshot } from './snapshot.ts'
import { Tally, type Trip } from './tally.ts'
import { Trial } from './trial.ts'

export class CircuitStateMachine {
  state: CircuitState = 'closed'
  /** The epoch of its latest change of state. */
  generation = 0
  /** Its first call has come. */
  begun: boolean
  readonly tally: Tally
  readonly openings: Openings
  readonly #policy: Pick<BasePolicy, 'clock' | 'knownClock' | 'events' | 'random'>
  readonly #rules: ResolvedBreakerOptions
  readonly #watched = new PermitList()
  readonly #isolations = new Isolations()
  #trial: Trial | undefined = undefined
  #restoring: CircuitSnapshot | undefined
  #warmUntil: number | undefined = undefined

  constructor(policy: Pick<BasePolicy, 'clock' | 'knownClock' | 'events' | 'random'>, rules: ResolvedBreakerOptions) {
    const { restore } = rules
    this.#policy = policy
    this.#rules = rules
    this.openings = new Openings(policy, rules.openFor)
    this.tally = new Tally(rules)
    this.#restoring = restore
    this.begun = restore === undefined && rules.warmUp === undefined
    if (restore !== undefined) {
      this.state = restore.state === 'half-open' ? 'open' : restore.state
      this.openings.count = restore.openings
    }
  }

  /** The first call has come: dates what a snapshot left, and the warm-up. */
  begin(): void {
    this.begun = true
    this.#restore()
    this.#warmUntil ??= this.#policy.clock.now() + (this.#rules.warmUp ?? 0)
  }

  isolate(): Isolation {
    const isolation = this.#isolations.add(() => this.close())
    if (this.state !== 'isolated') {
      this.#turn('isolated')
      this.#emit('isolate', {})
    }
    return isolation
  }

  disable(): void {
    this.#isolations.clear()
    if (this.state === 'disabled') return
    this.#turn('disabled')
    this.#emit('disable', {})
  }

  reset(): void {
    this.#isolations.clear()
    this.close()
  }

  /** Opens it by hand, unless it is isolated or disabled. */
  openByHand(openFor: number | undefined): void {
    if (this.state === 'isolated' || this.state === 'disabled') return
    this.#restore()
    const now = this.#policy.clock.now()
    this.#open('manual', undefined, now, now, openFor)
  }

  /** Before the first call the clock may be unknown, and a snapshot must not fix it. Then only wall time has an effect. */
  snapshot(): CircuitSnapshot {
    const { knownClock } = this.#policy
    const clock = knownClock ?? realClock
    if (knownClock !== undefined) this.#restore()
    if (this.#restoring !== undefined) return aged(this.#restoring, clock.wall())
    const now = clock.now()
    const open = this.state === 'open'
    return Object.freeze({
      version: 1,
      state: this.state === 'isolated' ? 'closed' : this.state,
      openings: this.openings.count,
      remaining: open ? Math.max(0, this.openings.until - now) : 0,
      at: clock.wall(),
      ...(this.state === 'closed' ? { counts: this.tally.saved(now) } : {}),
      ...(this.#warmUntil === undefined ? {} : { warmUp: Math.max(0, this.#warmUntil - now) }),
    })
  }

  /** A permit for a call admitted at `now`; closed, after the calls that are overdue by now were counted. */
  watch(now: number): BreakerPermit {
    return this.#watched.add(new BreakerPermit(this.generation, now, false))
  }

  /** Counts the calls that are slow by now, which may open the circuit. */
  countOverdue(now: number): void {
    this.tripOn(this.tally.countOverdue(this.#watched, now), undefined)
  }

  /** A permit for a probe; undefined if all are in use. Only half-open. */
  probe(now: number): BreakerPermit | undefined {
    const trial = this.#trial as Trial
    if (trial.full) return undefined
    trial.issued++
    return this.#watched.add(new BreakerPermit(this.generation, now, true))
  }

  /** Drops probes that ran too long, which may decide the trial. */
  reviewProbes(now: number): void {
    const watched = this.#watched
    // A listener to `halfOpen` may have ended the trial.
    const trial = this.#trial as Trial
    if (this.state === 'half-open') trial.issued -= watched.lapse(this.openings.openFor as number, now)
    // A probe that runs longer than a call may take is a slow one, and need not lapse first.
    for (let head = watched.head; head !== undefined && this.tally.isSlow(head, now); head = watched.head) {
      watched.drop(head)
      this.#decide(trial, false, true, this.tally.slowSince(head), undefined, now)
    }
  }

  /** A call with a permit has ended. Counts only in the generation it was admitted in. */
  settle(permit: BreakerPermit, verdict: boolean | 'ignore', error: unknown): void {
    if (permit.generation !== this.generation || permit.lapsed) return
    this.#watched.remove(permit)
    if (verdict !== 'ignore') this.count(permit, verdict, error)
    else if (permit.probe && this.#trial !== undefined) this.#trial.issued--
  }

  /** Counts the result of a call that was admitted in the present generation. */
  count(permit: BreakerPermit | undefined, failed: boolean, error: unknown): void {
    const { clock } = this.#policy
    if (permit?.probe) {
      const now = clock.now()
      this.#decide(this.#trial as Trial, failed, this.tally.isSlow(permit, now), now, error, now)
    } else this.tripOn(this.tally.record(failed, permit, clock), error)
  }

  /** Opens the circuit if a rule has tripped and the warm-up is over. */
  tripOn(trip: Trip | undefined, error: unknown): void {
    if (trip === undefined || trip.now < (this.#warmUntil ?? trip.now)) return
    this.#open(trip.cause, error, trip.since, trip.now)
  }

  halfOpen(): void {
    this.#turn('half-open')
    const { probes, failureRate, slowCallRate } = this.#rules
    this.#trial = new Trial(probes, failureRate, slowCallRate)
    this.#emit('halfOpen', {})
  }

  close(): void {
    const from = this.state
    this.#turn('closed')
    this.openings.end()
    if (from !== 'closed') this.#emit('close', { from })
  }

  /** A probe has ended, or runs too long; `since` is when it became a bad one. */
  #decide(trial: Trial, failed: boolean, slow: boolean, since: number, error: unknown, now: number): void {
    const verdict = trial.record(failed, slow, since)
    if (verdict === 'close') this.close()
    if (verdict !== 'open') return
    const cause = failed ? (this.#rules.failureRate === undefined ? 'consecutive' : 'rate') : 'slow'
    this.#open(cause, error, trial.since, now)
  }

  #open(cause: OpenCause, error: unknown, since: number, now: number, given?: number): void {
    const { generation } = this
    const openFor = given ?? this.openings.next(error)
    // A listener to its fault may have isolated or reset the breaker, which holds.
    if (generation !== this.generation) return
    this.#turn('open')
    this.openings.begin(openFor, now)
    this.#emit('open', { cause, error, since, until: this.openings.until })
  }

  #turn(state: CircuitState): void {
    this.#restoring = undefined
    this.state = state
    this.generation = startEpoch()
    this.#trial = undefined
    this.#watched.clear()
    this.tally.clear()
  }

  /** The clock is known only at the first call, so what is left of an opening is dated then. */
  #restore(): void {
    const snapshot = this.#restoring
    if (snapshot === undefined) return
    const { clock } = this.#policy
    this.#restoring = undefined
    const now = clock.now()
    const passed = Math.max(0, clock.wall() - snapshot.at)
    if (snapshot.warmUp !== undefined) this.#warmUntil = now + snapshot.warmUp - passed
    if (snapshot.counts !== undefined) this.tally.restore(snapshot.counts, now - passed)
    if (this.state === 'open') this.openings.resume(Math.max(0, snapshot.remaining - passed), now)
  }

  #emit(event: string, details: object): void {
    const { events } = this.#policy
    if (events.hasListeners(event)) events.emit(event, details)
  }
}
