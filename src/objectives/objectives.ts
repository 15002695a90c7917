/**
 * The objectives of one tracker, and the timer that evaluates them.
 *
 * Requests evaluate an objective, but time, and a service without calls, do not. So while `burn` has a listener, one
 * background timer serves all objectives. Invariant: it is scheduled exactly while there is an objective with tiers and a
 * listener.
 */

import { SavedObjectives } from '../availability/snapshot/saved-objectives.ts'
import { type AnyTracker, stateOf } from '../availability/state/tracked.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import { Alarm } from '../core/timer.ts'
import type { Objective } from './objective-report.ts'
import { type ObjectiveOptions, resolveObjectiveOptions } from './options.ts'
import { RunningObjective } from './running-objective.ts'

/** The shortest interval of the timer, however short the windows; in ms. */
const shortestStep = 1000

export class Objectives {
  readonly #tracker: TrackerState
  readonly #saved: SavedObjectives
  readonly #running = new Map<string, RunningObjective>()
  readonly #alarm = new Alarm(() => this.#evaluate(), true)
  #wanted = false
  #scheduled = false

  constructor(tracker: TrackerState) {
    this.#tracker = tracker
    tracker.onDemand('burn', (wanted) => this.demand(wanted))
    tracker.onClose(() => this.stop())
    this.#saved = tracker.extension(SavedObjectives)
    this.#saved.running = () => [...this.#running.values()].map((objective) => objective.save())
  }

  add(given: unknown): Objective {
    const options = resolveObjectiveOptions(given)
    const { name } = options
    if (this.#running.has(name))
      throw new TypeError(`objective: name must be unique among the objectives of a tracker, got "${name}" again`)
    this.#tracker.start(options.indicator.policy?.knownClock)
    // A snapshot is restored once there is a clock.
    this.#tracker.now()
    const saved = this.#saved.take(name)
    const objective = new RunningObjective(this.#tracker, options, saved, (stopped) => {
      this.#running.delete(stopped.name)
      this.#schedule()
    })
    this.#running.set(name, objective)
    this.#schedule()
    return objective
  }

  /** Called when `burn` gets its first listener, and when it loses its last one. */
  demand(wanted: boolean): void {
    this.#wanted = wanted
    this.#schedule()
  }

  get running(): readonly Objective[] {
    return [...this.#running.values()]
  }

  stop(): void {
    for (const objective of [...this.#running.values()]) objective.stop()
  }

  #schedule(): void {
    const needed = this.#wanted && this.#step < Number.POSITIVE_INFINITY
    if (needed === this.#scheduled) return
    this.#scheduled = needed
    if (needed) this.#wait()
    else this.#tracker.time.clock.cancel(this.#alarm)
  }

  get #step(): number {
    return Math.min(...[...this.#running.values()].map(({ step }) => step))
  }

  #wait(): void {
    this.#tracker.time.clock.schedule(this.#alarm, Math.max(shortestStep, this.#step))
  }

  /** Called by a timer, so it must not throw. */
  #evaluate(): void {
    try {
      this.#wait()
      const now = this.#tracker.now()
      this.#tracker.settle()
      for (const objective of [...this.#running.values()]) objective.evaluate(now)
    } catch (error) {
      this.#tracker.events.fault('objective', error)
    }
  }
}

/**
 * Measures a service level objective from now on: its error budget, and how fast it burns. Emits `burn` on the tracker.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { objective } from 'holdfast/objectives'
 * const tracker = availabilityTracker()
 * const indicator = { kind: 'requests' } as const
 * const checkout = objective(tracker, { name: 'checkout', target: 0.99, period: '30d', indicator })
 * checkout.good(995)
 * checkout.bad(5)
 * checkout.report().sli // => 0.995
 * ```
 *
 * @throws TypeError for a wrong option, and if the tracker has an objective of this name.
 */
export function objective(tracker: AnyTracker, options: ObjectiveOptions): Objective {
  return stateOf('objective', tracker).extension(Objectives).add(options)
}

/** The objectives of a tracker that have not been stopped. */
export function objectives(tracker: AnyTracker): readonly Objective[] {
  return stateOf('objectives', tracker).extension(Objectives).running
}
