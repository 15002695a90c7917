/**
 * Does something about a component that is down: restarts it, fails over, calls for help.
 *
 * It follows the component, whichever source reports it down. One attempt at a time: one that was given up on and goes on all
 * the same holds the next one back until it has really ended. The component's coming back ends an attempt, as its success
 * does; maintenance ends it too, for then people are at work. Nothing begins while the state is unknown.
 * Invariant: an attempt is active, or the next one is scheduled, only while the component is down, or not known not to be.
 */
import { delayBy } from '../../core/backoff.ts'
import { failureIn, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { Alarm } from '../../core/timer.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { DEGRADED, DOWN, MAINTENANCE, UP } from '../timeline/states.ts'
import { countUpTo } from '../timeline/steps.ts'
import { defaultBackoff, type ResolvedRecover } from './recover-options.ts'

/** Who looks whether it helped. */
export interface Monitor {
  /** What the latest failed check failed with. */
  readonly error: unknown
  /** Looks at once. */
  check(): void
}

interface RecoveryAttempt {
  readonly attempt: number
  /** When the outage began, in `time`. */
  readonly since: Milliseconds
  /** When it began itself, in the tracker's own time and by the clock. */
  readonly start: number
  readonly began: Milliseconds
}

/** How soon it has another look where a clock has failed, in ms. */
const afterFault = 1000

export class Recovery {
  readonly #tracker: TrackerState
  readonly #clock: Clock
  readonly #component: Component
  readonly #rules: ResolvedRecover
  readonly #monitor: Monitor
  readonly #look: TimedCheck
  readonly #next = new Alarm(() => this.#guarded(() => this.#turn()), true)
  readonly #follow = (): void => this.#guarded(() => this.#judge())
  /** It has begun and has not been answered for. */
  #active: RecoveryAttempt | undefined = undefined
  /** The start of the outage, as it was announced; then attempts so far, the latest wait, and the time for the next one. */
  #outage: number | undefined = undefined
  #attempts = 0
  #wait: Milliseconds | undefined = undefined
  #due = 0
  #gaveUp = false
  #stopped = false
  /** The stamp of the latest success, which is corrected where the component turns out to have served before. */
  #repaired: { readonly start: number; repaired: number } | undefined = undefined

  constructor(tracker: TrackerState, component: Component, rules: ResolvedRecover, monitor: Monitor) {
    this.#tracker = tracker
    this.#clock = tracker.time.clock
    this.#component = component
    this.#rules = rules
    this.#monitor = monitor
    this.#look = new TimedCheck(this.#clock, rules.timeout, 'recovery')
    component.follow(this.#follow)
    this.#judge()
  }

  stop(): void {
    this.#stopped = true
    this.#component.unfollow(this.#follow)
    this.#clock.cancel(this.#next)
    this.#interrupt('The probe was stopped')
    this.#look.stop()
  }

  /** The component's timeline may have changed. Nothing of the user's runs here but listeners: it may be inside a call. */
  #judge(): void {
    const { timeline } = this.#component
    const now = this.#tracker.now()
    const code = timeline.at(now)
    this.#clock.cancel(this.#next)
    if (code === DOWN) {
      if (!this.#busy) this.#clock.schedule(this.#next, Math.max(0, this.#due - this.#clock.now()))
    } else if (code === MAINTENANCE) this.#interrupt('The component is under maintenance')
    else if (code === UP || code === DEGRADED) {
      this.#correct()
      this.#enter(undefined)
      this.#interrupt('The component serves again')
    }
  }

  get #busy(): boolean {
    return this.#active !== undefined || this.#look.running
  }

  /** Another outage begins, or this one is over: what was counted is of the past. */
  #enter(outage: number | undefined): void {
    this.#outage = outage
    this.#attempts = 0
    this.#wait = undefined
    this.#due = 0
    this.#gaveUp = false
  }

  #turn(): void {
    this.#tracker.settle()
    const now = this.#tracker.now()
    if (this.#busy || this.#component.timeline.at(now) !== DOWN) return
    // What is down has been announced.
    const began = this.#tracker.outageSince(this.#component)
    if (began === undefined) {
      // It has not been down for long enough to count.
      this.#clock.schedule(this.#next, this.#tracker.accounting.confirmDown)
      return
    }
    // A late event may have ended one outage, and begun another.
    if (began !== this.#outage) this.#enter(began)
    if (this.#gaveUp) return
    const rest = this.#rules.after - (now - began)
    if (rest > 0) this.#clock.schedule(this.#next, rest)
    else if (this.#attempts >= this.#rules.limit) this.#giveUp(this.#tracker.time.time(began), undefined)
    else this.#begin(now, this.#tracker.time.time(began))
  }

  #begin(now: number, since: Milliseconds): void {
    const { events } = this.#tracker
    this.#clock.cancel(this.#next)
    const attempt = ++this.#attempts
    const active: RecoveryAttempt = { attempt, since, start: now, began: this.#clock.now() }
    this.#active = active
    this.#component.stamp({ start: now, repairStarted: now })
    const component = this.#component.name
    if (events.hasListeners('recoveryStart')) events.emit('recoveryStart', { component, attempt, since })
    // A listener may have brought it back, or stopped the probe.
    if (this.#active !== active) return
    this.#look.begin(
      (signal) => this.#run({ component, signal, attempt, since, error: this.#monitor.error }),
      (ok, error) => this.#guarded(() => this.#answer(active, ok, error)),
      () => this.#guarded(() => this.#judge()),
    )
  }

  #run(context: Parameters<ResolvedRecover['run']>[0]): unknown {
    const { run, policy } = this.#rules
    const { signal } = context
    if (policy === undefined) return run(context)
    const attempt = async (call: { readonly signal: AbortSignal }): Promise<void> => {
      // A policy knows a failure by what is thrown.
      const failure = failureIn(await run({ ...context, signal: call.signal }), 'recovery')
      if (failure !== undefined) throw failure.error
    }
    return policy.execute(attempt, { signal })
  }

  #answer(active: RecoveryAttempt, ok: boolean, error: unknown): void {
    this.#active = undefined
    // An outage that a correction has removed needs no further attempt.
    if (this.#tracker.outageSince(this.#component) === this.#outage) this.#plan(active.attempt, ok, error)
    if (ok) {
      this.#repaired = { start: active.start, repaired: this.#tracker.now() }
      this.#component.stamp(this.#repaired)
    }
    this.#tell(active, ok, error)
    if (this.#stopped) return
    if (this.#gaveUp) this.#giveUp(active.since, error)
    this.#judge()
    if (ok) this.#monitor.check()
  }

  /** When the next one may begin, if there is to be one. After a success there is time to see whether it helped. */
  #plan(attempt: number, ok: boolean, error: unknown): void {
    const { backoff, limit } = this.#rules
    const { events, random } = this.#tracker
    const state = { attempt, previous: this.#wait, random, error }
    const wait = delayBy(backoff, state, 'backoff', events, defaultBackoff)
    this.#wait = wait
    this.#gaveUp = wait === Number.POSITIVE_INFINITY || (!ok && attempt >= limit)
    this.#due = this.#gaveUp ? 0 : this.#clock.now() + wait
  }

  #tell({ attempt, since, began }: RecoveryAttempt, ok: boolean, error: unknown): void {
    const { events } = this.#tracker
    if (!events.hasListeners('recoveryEnd')) return
    const duration = this.#clock.now() - began
    events.emit('recoveryEnd', { component: this.#component.name, attempt, since, ok, error, duration })
  }

  #giveUp(since: Milliseconds, error: unknown): void {
    this.#gaveUp = true
    const { events } = this.#tracker
    if (!events.hasListeners('recoveryGiveUp')) return
    events.emit('recoveryGiveUp', { component: this.#component.name, attempts: this.#attempts, since, error })
  }

  #interrupt(why: string): void {
    const active = this.#active
    if (active === undefined) return
    this.#active = undefined
    const reason = new DOMException(why, 'AbortError')
    this.#look.abandon(reason)
    this.#tell(active, false, reason)
  }

  /** A repair is over at the latest when the component serves; its action may have taken longer to end. */
  #correct(): void {
    const stamp = this.#repaired
    if (stamp === undefined) return
    this.#repaired = undefined
    const { timeline } = this.#component
    for (let index = countUpTo(timeline, this.#tracker.now()) - 1; index >= 0; index--) {
      if (timeline.codeAt(index) !== DOWN) continue
      stamp.repaired = Math.min(stamp.repaired, timeline.timeAt(index + 1))
      return
    }
  }

  /** Called by timers, promises and the component, so nothing may come out of it. Where something failed it has another look. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#tracker.events.fault('recover', error)
      if (!this.#look.running) this.#active = undefined
      this.#clock.cancel(this.#next)
      this.#clock.schedule(this.#next, Math.max(afterFault, this.#due - this.#clock.now()))
    }
  }
}
