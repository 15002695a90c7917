/**
 * The watched policies, each with all policies inside of it.
 *
 * A policy is watched once, at its first location, however often it appears; when that location is stopped, at the next one.
 * Two policies of one kind and name at one location are numbered, outermost first: `timeout` and `timeout#2`.
 */
import type { BasePolicy } from '../core/policy.ts'
import { CallMetrics } from './call-metrics.ts'
import { EventsWatch } from './events-watch.ts'
import { telemetryOf } from './kinds.ts'
import { namedLeavesOf } from './leaves.ts'
import { MembersWatch } from './members-watch.ts'
import type { PolicyLocation, PolicyWatch, WatchContext } from './policy-location.ts'
import type { Labels } from './sink.ts'
import { StatesWatch } from './states-watch.ts'

interface LocatedPolicy {
  /** At the first location. */
  watches: readonly PolicyWatch[]
  readonly locations: PolicyLocation[]
}

export class PolicyMetrics {
  readonly #context: WatchContext
  /** Each has a location. */
  readonly #watched = new Map<BasePolicy, LocatedPolicy>()
  readonly #roots = new Map<string, readonly PolicyWatch[]>()

  constructor(context: WatchContext) {
    this.#context = context
  }

  /** The names of the policies handed to the exporter. */
  get names(): Iterable<string> {
    return this.#roots.keys()
  }

  /** Returns a function that stops watching. */
  watch(policy: BasePolicy): () => void {
    const calls = new CallMetrics(policy, this.#context)
    const { composite, label } = telemetryOf(policy)
    const around: Labels = composite ? { [label[0]]: policy.name } : {}
    const all = [calls, ...this.#inside(policy, around, () => calls.saved)]
    this.#roots.set(policy.name, all)
    return () => {
      if (this.#roots.get(policy.name) !== all) return
      this.#roots.delete(policy.name)
      for (const watch of all) watch.stop()
    }
  }

  collect(): void {
    for (const all of this.#roots.values()) {
      for (const watch of all) this.#context.errors.guard('policies', () => watch.collect())
    }
  }

  stop(): void {
    for (const all of this.#roots.values()) for (const watch of all) watch.stop()
    this.#roots.clear()
  }

  #inside(policy: BasePolicy, around: Labels, saved?: PolicyLocation['saved']): readonly PolicyWatch[] {
    return namedLeavesOf(policy).map((leaf) => {
      const telemetry = telemetryOf(leaf.policy)
      const labels = { ...around, [telemetry.label[0]]: leaf.name }
      return this.#at({ policy: leaf.policy, telemetry, labels, saved })
    })
  }

  #watchesOf(location: PolicyLocation): readonly PolicyWatch[] {
    const { states, members } = location.telemetry
    const context = this.#context
    const inside = (guard: BasePolicy, labels: Labels) => this.#inside(guard, labels)
    return [
      new EventsWatch(location, context),
      ...(states ? [new StatesWatch(location, states, context)] : []),
      ...(members ? [new MembersWatch(location, members, context, inside)] : []),
    ]
  }

  #at(location: PolicyLocation): PolicyWatch {
    const { policy } = location
    const watched = this.#watched.get(policy) ?? { watches: this.#watchesOf(location), locations: [] }
    this.#watched.set(policy, watched)
    const { locations } = watched
    locations.push(location)
    return {
      collect: () => {
        if (locations[0] === location) for (const watch of watched.watches) watch.collect()
      },
      stop: () => {
        const index = locations.indexOf(location)
        locations.splice(index, 1)
        if (index > 0) return
        for (const watch of watched.watches) watch.stop()
        const [next] = locations
        if (next === undefined) this.#watched.delete(policy)
        else watched.watches = this.#watchesOf(next)
      },
    }
  }
}
