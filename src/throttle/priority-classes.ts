/**
 * Counts of calls by their priority, and how likely a call of each priority is refused.
 *
 * To a class, calls of more important classes that were not accepted are requests of its own, so less important calls are
 * refused first. As in Finagle's admission control by classes. Invariant: the most important class is first, and there are
 * at most `most` classes, whatever priorities calls have.
 */
import { TimeWindow } from '../stats/time-window.ts'
import { rejectionProbability } from './probability.ts'

const most = 16

export interface ThrottleRules {
  readonly multiplier: number
  readonly window: number
  readonly floor: number
  readonly minimumCalls: number
}

export class PriorityClass {
  readonly priority: number
  /** Calls that were not accepted are the bad ones. */
  readonly window: TimeWindow
  /** As of the latest `weigh`. */
  probability = 0

  constructor(priority: number, length: number) {
    this.priority = priority
    this.window = new TimeWindow(length)
  }

  get accepts(): number {
    return this.window.total - this.window.bad
  }
}

export class PriorityClasses {
  readonly #rules: ThrottleRules
  readonly #classes: PriorityClass[] = []

  constructor(rules: ThrottleRules) {
    this.#rules = rules
  }

  /** No call in any window was refused, so none is refused now. */
  get clean(): boolean {
    for (const { window } of this.#classes) if (window.bad > 0) return false
    return true
  }

  /** The class of a priority. Where there are too many, the next lower one, or the lowest. */
  of(priority: number): PriorityClass {
    const classes = this.#classes
    let index = 0
    while (index < classes.length && (classes[index] as PriorityClass).priority > priority) index++
    const next = classes[index]
    if (next?.priority === priority) return next
    if (classes.length === most) return next ?? (classes[most - 1] as PriorityClass)
    const added = new PriorityClass(priority, this.#rules.window)
    classes.splice(index, 0, added)
    return added
  }

  /** Sets the probability of each class at `now`, and gives the highest among those that have calls in the window. */
  weigh(now: number): number {
    const { multiplier, floor, minimumCalls } = this.#rules
    let above = 0
    let highest = 0
    for (const known of this.#classes) {
      const { window } = known
      window.age(now)
      const requests = window.total + above
      known.probability = requests < minimumCalls ? 0 : rejectionProbability(requests, known.accepts, multiplier, floor)
      if (window.total > 0) highest = Math.max(highest, known.probability)
      above += window.bad
    }
    return highest
  }

  [Symbol.iterator](): Iterator<PriorityClass> {
    return this.#classes[Symbol.iterator]()
  }
}
