/**
 * The policies that are watched, each with all that is inside of it.
 *
 * A policy is watched once, where it was met first, however often it stands somewhere; when that goes, where it was met next.
 * Two of one kind and name in one place are told apart by their order, outermost first: `timeout` and `timeout#2`.
 */
import type { BasePolicy } from '../core/policy.ts'
import { BreakerWatch } from './states-watch.ts'
import { CallMetrics } from './call-metrics.ts'
import { leavesOf } from './leaves.ts'
import { BulkheadWatch, FallbackWatch, RetryWatch, TimeoutWatch } from './events-watch.ts'
import type { Place, PolicyWatch, WatchContext } from './policy-location.ts'
import { PoolWatch } from './members-watch.ts'
import type { Labels } from './sink.ts'

const watches: Readonly<Record<string, new (place: Place, context: WatchContext) => PolicyWatch>> = {
  circuitBreaker: BreakerWatch,
  bulkhead: BulkheadWatch,
  retry: RetryWatch,
  timeout: TimeoutWatch,
  fallback: FallbackWatch,
}

interface Watched {
  /** Of the first place. */
  watch: PolicyWatch
  readonly places: Place[]
}

export class PolicyMetrics {
  readonly #context: WatchContext
  /** Each stands somewhere. */
  readonly #watched = new Map<BasePolicy, Watched>()
  readonly #roots = new Map<string, readonly PolicyWatch[]>()

  constructor(context: WatchContext) {
    this.#context = context
  }

  /** Those that are watched for themselves. */
  get names(): Iterable<string> {
    return this.#roots.keys()
  }

  /** Gives a function that ends it. */
  watch(policy: BasePolicy): () => void {
    const tally = new CallMetrics(policy, this.#context)
    const within: Labels = policy.kind === 'pipeline' ? { pipeline: policy.name } : {}
    const all = [tally, ...this.#inside(policy, within, tally)]
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

  #inside(policy: BasePolicy, within: Labels, tally?: CallMetrics): readonly PolicyWatch[] {
    const met = new Map<string, number>()
    const found: PolicyWatch[] = []
    for (const part of leavesOf(policy)) {
      const { kind } = part
      if (!(kind in watches || kind === 'failoverPool')) continue
      const key = `${kind}\n${part.name}`
      const count = (met.get(key) ?? 0) + 1
      met.set(key, count)
      const name = count === 1 ? part.name : `${part.name}#${count}`
      found.push(this.#at({ policy: part, name, within, tally }))
    }
    return found
  }

  #watchOf(place: Place): PolicyWatch {
    const Watch = watches[place.policy.kind]
    if (Watch !== undefined) return new Watch(place, this.#context)
    return new PoolWatch(place, this.#context, (guard, within) => this.#inside(guard, within))
  }

  #at(place: Place): PolicyWatch {
    const { policy } = place
    const watched = this.#watched.get(policy) ?? { watch: this.#watchOf(place), places: [] }
    this.#watched.set(policy, watched)
    const { places } = watched
    places.push(place)
    return {
      collect: () => {
        if (places[0] === place) watched.watch.collect()
      },
      stop: () => {
        const index = places.indexOf(place)
        places.splice(index, 1)
        if (index > 0) return
        watched.watch.stop()
        const [next] = places
        if (next === undefined) this.#watched.delete(policy)
        else watched.watch = this.#watchOf(next)
      },
    }
  }
}
