/**
 * A component that is what its parts make of it.
 *
 * Its timeline is a function of theirs: whenever one has changed from an instant on, however late that arrives, the verdict
 * is recomputed from there on. What is news at the latest instant of all, as nearly everything is, costs the way from the
 * part up to the root; what comes late, a sweep over all parts from there on.
 * Invariant: the tree holds the states that all parts have from `#latest` on.
 */
import type { Component, TimelineListener } from '../components/component.ts'
import { Source, type StateStep } from '../sources/source.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type Code, DOWN, SILENT, UNKNOWN } from '../timeline/states.ts'
import { type Steps, sweep } from '../timeline/steps.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { StateTree } from './state-tree.ts'

export class SystemComponent {
  readonly #tracker: TrackerState
  readonly #component: Component
  readonly #tree: StateTree
  readonly #verdict: Source
  readonly #parts: readonly Component[]
  readonly #followers: readonly TimelineListener[]
  /** The latest step of any part. */
  #latest = Number.NEGATIVE_INFINITY

  constructor(tracker: TrackerState, component: Component, tree: StateTree) {
    this.#tracker = tracker
    this.#component = component
    this.#tree = tree
    this.#verdict = new Source(component)
    this.#parts = tree.names.map((name) => tracker.component(name, true))
    this.#followers = this.#parts.map((_, part) => (from: number) => this.#judge(part, from))
    this.#each((part, follower) => part.follow(follower))
    const steps = this.#swept(Number.NEGATIVE_INFINITY)
    if (steps !== undefined) this.#verdict.revise(steps)
  }

  stop(): void {
    this.#each((part, follower) => part.unfollow(follower))
    this.#verdict.end(this.#tracker.now())
  }

  /** As they count: where maintenance is ignored, what lies under it. */
  get #timelines(): readonly Timeline[] {
    return this.#parts.map(({ history }) => history.timeline)
  }

  /** The timeline of a part has changed from an instant on. */
  #judge(part: number, from: number): void {
    const counted = (this.#parts[part] as Component).history.timeline
    const last = lastOf(counted)
    if (last < from && this.#latest < from) return
    if (counted.length === 0 || last > from || from < this.#latest) {
      const steps = this.#swept(from)
      if (steps !== undefined) this.#say(steps)
      return
    }
    this.#latest = from
    this.#tree.set(part, counted.at(from))
    const code = codeOfSystem(this.#tree.state)
    if (code !== this.#verdict.state) this.#say([[from, code]])
  }

  /** What is to be said from an instant on, or from the first step of any part; undefined where there is none. */
  #swept(given: number): [StateStep, ...StateStep[]] | undefined {
    const timelines = this.#timelines
    const first = Math.min(...timelines.map(firstOf))
    const from = given === Number.NEGATIVE_INFINITY ? first : given
    if (from === Number.POSITIVE_INFINITY) return undefined
    const code = codeOfSystem(this.#tree.setAll(timelines.map((timeline) => timeline.at(from))))
    const steps: [StateStep, ...StateStep[]] = [[from, from < first ? SILENT : code]]
    const whole = (codes: readonly Code[]): Code => codeOfSystem(this.#tree.setAll(codes.map(known)))
    sweep(timelines, from, whole, undefined, (time, next) => steps.push([time, next]))
    this.#latest = Math.max(from, ...timelines.map(lastOf))
    return steps
  }

  #say(steps: [StateStep, ...StateStep[]]): void {
    const now = this.#tracker.now()
    let since = now
    let present = SILENT
    for (const [time, code] of steps) {
      if (time > now) break
      if (code !== present) since = time
      present = code
    }
    if (present === DOWN && this.#component.timeline.at(now) !== DOWN) {
      this.#component.stamp({ start: since, detected: now })
      this.#component.explain(since, reasonOf(this.#tree.down))
    }
    this.#verdict.revise(steps)
  }

  #each(act: (part: Component, follower: TimelineListener) => void): void {
    for (const [index, follower] of this.#followers.entries()) act(this.#parts[index] as Component, follower)
  }
}

/** What is not known of the parts hides nothing that is known of the whole. */
function codeOfSystem(code: Code): Code {
  return code === UNKNOWN ? SILENT : code
}

/** A timeline that has not begun is unknown. */
function known(code: Code): Code {
  return code === SILENT ? UNKNOWN : code
}

function firstOf(steps: Steps): number {
  return steps.length === 0 ? Number.POSITIVE_INFINITY : steps.timeAt(0)
}

function lastOf(steps: Steps): number {
  return steps.length === 0 ? Number.NEGATIVE_INFINITY : steps.timeAt(steps.length - 1)
}

/** The names of those that are down, the first few of them. */
function reasonOf(down: readonly string[]): string {
  const shown = down.slice(0, 3).join(', ')
  return down.length > 3 ? `down: ${shown} and ${down.length - 3} more` : `down: ${shown}`
}
