/**
 * Asks a component itself, in the background.
 *
 * One check at a time: one that hangs beyond its timeout has failed, and as long as it still runs, each turn that finds
 * it so is one more failed check. `Hysteresis` turns results into states; a state holds since the first result of
 * those that made it. A check that could not be made (`'unknown'`) says nothing either way. Where no result came for three
 * times `every` the checker itself was away, and the state since the last result is unknown. As in HAProxy, with its
 * `fastinter` and `spread-checks`, and with healthchecks.io's grace.
 * Invariant: the next turn is scheduled, or a check is under way whose end schedules it.
 */

import { patience as patienceWithHangs, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Clock } from '../../core/clock.ts'
import { callable, show, text } from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import type { Component } from '../components/component.ts'
import { Source } from '../sources/source.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type Code, type ComponentState, DEGRADED, DOWN, states, UNKNOWN, UP } from '../timeline/states.ts'
import { Hysteresis, type StateChange } from './hysteresis.ts'
import { type ProbeOptions, type ResolvedProbe, resolveProbeOptions } from './options.ts'
import { type Monitor, Recovery } from './recovery.ts'

/**
 * One look at a component. What throws, rejects, gives `false` or a `Response` that is not `ok` has failed; a body that it
 * leaves unread is cancelled. What gives the name of a state says that it is in that state; `'unknown'` is for a checker that
 * could not look. Anything else is up.
 */
export type ProbeCheck = (check: { readonly signal: AbortSignal }) => unknown

/** A probe that runs, until it is stopped. */
export interface Probing {
  /** Stops it, and aborts a check or a recovery under way; what only this probe reported is unknown from now on. */
  stop(): void
}

/**
 * Checks a component in the background, from now on.
 *
 * @throws TypeError where an option is wrong.
 */
export function probe(given: AnyTracker, name: string, check: ProbeCheck, options?: ProbeOptions): Probing {
  const tracker = stateOf('probe', given)
  text(name, (expected) => refuse('name', expected, name))
  callable(check, (expected) => refuse('check', expected, check))
  const resolved = resolveProbeOptions(options)
  return tracker.keep(new Probe(tracker, tracker.component(name), check, resolved))
}

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`availabilityTracker: ${what} must be ${expected}, got ${show(given)}`)
}

const patience = 3

export class Probe implements Probing, Monitor {
  /** What the latest failed check failed with. */
  error: unknown = undefined
  readonly #tracker: TrackerState
  readonly #clock: Clock
  readonly #component: Component
  readonly #source: Source
  readonly #check: ProbeCheck
  readonly #options: ResolvedProbe
  readonly #look: TimedCheck
  readonly #results: Hysteresis
  readonly #recovery: Recovery | undefined
  readonly #next = new Alarm(() => this.#turn(), true)
  readonly #settler = (): void => this.#settle(this.#tracker.now())
  /** When the latest check began, by the clock, and how far the time to the next one is stretched. */
  #began = 0
  #jitterFactor = 1
  /** The next one is wanted as soon as the present one has ended. */
  #wanted = false
  #stopped = false
  /** The latest check with a result: by the tracker's time, and by the monotonic clock. */
  #seen: number | undefined = undefined
  #seenTime = 0

  constructor(tracker: TrackerState, component: Component, check: ProbeCheck, options: ResolvedProbe) {
    this.#tracker = tracker
    this.#clock = tracker.time.clock
    this.#component = component
    this.#source = new Source(component)
    this.#check = check
    this.#options = options
    // A promise may be lost; that must not be the end of probing.
    this.#look = new TimedCheck(this.#clock, options.timeout, 'check', { patience: patienceWithHangs })
    this.#results = new Hysteresis(options.rise, options.fall)
    this.#recovery = options.recover && new Recovery(tracker, component, options.recover, this)
    tracker.timeDriven.add(this.#settler)
    this.#turn()
  }

  stop(): void {
    this.#stopped = true
    this.#clock.cancel(this.#next)
    this.#recovery?.stop()
    this.#tracker.timeDriven.delete(this.#settler)
    this.#settler()
    this.#look.stop()
    this.#source.end(this.#tracker.now())
  }

  /** A check at once; after the one under way, which may have begun too early. */
  check(): void {
    this.#wanted = true
    if (!this.#look.running) this.#turn()
  }

  /** Called by a timer, so nothing may come out of it. */
  #turn(): void {
    const { running, overdue } = this.#look
    if (running && !overdue) return
    this.#began = this.#clock.now()
    this.#wanted = false
    this.#guarded(() => {
      this.#jitterFactor = 1 + this.#options.jitter * (2 * this.#tracker.random() - 1)
      const now = this.#tracker.now()
      if (overdue) this.#result(now, DOWN)
      else this.#start(now)
    })
    this.#plan()
  }

  #start(now: number): void {
    this.#settle(now)
    let said: unknown
    this.#look.begin(
      async (signal) => {
        said = await this.#check({ signal })
        return said
      },
      (good, error) => {
        this.#guarded(() => {
          if (!good) this.error = error
          this.#result(now, good ? codeIn(said) : DOWN)
        })
        this.#plan()
      },
    )
  }

  /** The next turn: so long after the start of this check. */
  #plan(): void {
    if (this.#stopped) return
    const { every, fast } = this.#options
    const wait = this.#wanted ? 0 : (this.#results.doubtful ? fast : every) * this.#jitterFactor
    this.#clock.cancel(this.#next)
    this.#clock.schedule(this.#next, Math.max(0, this.#began + wait - this.#clock.now()))
  }

  /** A check that began at `start` has its result. */
  #result(start: number, code: Code): void {
    const now = this.#tracker.now()
    this.#settle(start)
    if (code === UNKNOWN) return
    this.#seen = start
    this.#seenTime = this.#tracker.time.time(start)
    const turn = this.#results.take(start, code)
    if (turn !== undefined) this.#say(turn, now)
  }

  #say({ since, code }: StateChange, now: number): void {
    const { state } = this.#source
    const serves = code === UP || code === DEGRADED
    const worse = code === DOWN || (code === DEGRADED && state !== DOWN)
    this.#source.setState(since, code, worse ? { detected: now } : undefined, worse ? reasons[code] : undefined)
    // Where another source still has it down, it is not restored.
    if (serves && state === DOWN && this.#component.timeline.at(since) !== DOWN) {
      this.#component.stamp({ start: since, restored: since })
    }
  }

  /** Where the latest result is too old by `now`, nothing has been known since. Sleep is accounted for already. */
  #settle(now: number): void {
    if (this.#seen === undefined) return
    if (this.#tracker.time.time(now) - this.#seenTime <= patience * this.#options.every) return
    this.#source.setState(this.#seen, UNKNOWN)
    this.#seen = undefined
    this.#results.forget()
  }

  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#tracker.events.fault('probe', error)
    }
  }
}

const reasons: Readonly<Record<Code, string>> = { [DOWN]: 'failed checks', [DEGRADED]: 'degraded checks' }

/** The state a check that did not fail has found. */
function codeIn(said: unknown): Code {
  const code = states.indexOf(said as ComponentState)
  return code < 0 ? UP : code
}
