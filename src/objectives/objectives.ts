/**
 * The objectives of one tracker, and the alarm that looks at them.
 *
 * Requests make an objective look at itself, but a service nobody calls, and time, do not. So while somebody listens to
 * `burn`, one background timer serves all objectives. Invariant: it is scheduled exactly while there is an objective with tiers
 * and a listener.
 */

import { SavedObjectives } from '../availability/snapshot/saved-objectives.ts'
import { type AnyTracker, stateOf } from '../availability/state/tracked.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import { Alarm } from '../core/timer.ts'
import type { Objective } from './objective-report.ts'
import { type ObjectiveOptions, resolveObjectiveOptions } from './options.ts'
import { RunningObjective } from './running-objective.ts'

/** Not oftener than this, however short the windows; in ms. */
const shortestStep = 1000

export class Objectives {
  readonly #ledger: TrackerState
  readonly #saved: SavedObjectives
  readonly #running = new Map<string, RunningObjective>()
  readonly #alarm = new Alarm(() => this.#look(), true)
  #wanted = false
  #scheduled = false

  constructor(ledger: TrackerState) {
    this.#ledger = ledger
    ledger.onDemand('burn', (wanted) => this.demand(wanted))
    ledger.onClose(() => this.stop())
    this.#saved = ledger.extension(SavedObjectives)
    this.#saved.running = () => [...this.#running.values()].map((objective) => objective.save())
  }

  add(given: unknown): Objective {
    const options = resolveObjectiveOptions(given)
    const { name } = options
    if (this.#running.has(name)) throw new TypeError(`objective: name must be one of its own, got "${name}" again`)
    this.#ledger.start(options.indicator.policy?.knownClock)
    // A snapshot is restored once there is a clock.
    this.#ledger.now()
    const saved = this.#saved.take(name)
    const objective = new RunningObjective(this.#ledger, options, saved, (stopped) => {
      this.#running.delete(stopped.name)
      this.#schedule()
    })
    this.#running.set(name, objective)
    this.#schedule()
    return objective
  }

  /** Somebody listens to `burn`, or nobody any more. */
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
    else this.#ledger.time.clock.cancel(this.#alarm)
  }

  get #step(): number {
    return Math.min(...[...this.#running.values()].map(({ step }) => step))
  }

  #wait(): void {
    this.#ledger.time.clock.schedule(this.#alarm, Math.max(shortestStep, this.#step))
  }

  /** Called by a timer, so nothing may come out of it. */
  #look(): void {
    try {
      this.#wait()
      const now = this.#ledger.now()
      this.#ledger.settle()
      for (const objective of [...this.#running.values()]) objective.evaluate(now)
    } catch (error) {
      this.#ledger.events.fault('objective', error)
    }
  }
}

/**
 * Watches over a service level objective, from now on: its error budget, and how fast it burns.
 *
 * @throws TypeError where an option is wrong, or the tracker has an objective of this name.
 */
export function objective(tracker: AnyTracker, options: ObjectiveOptions): Objective {
  return stateOf('objective', tracker).extension(Objectives).add(options)
}

/** The objectives of a tracker that have not been stopped. */
export function objectives(tracker: AnyTracker): readonly Objective[] {
  return stateOf('objectives', tracker).extension(Objectives).running
}
