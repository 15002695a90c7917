/**
 * Watches one policy: subscribes to what it needs, sorts what comes, and lets go of everything at the end.
 *
 * Breakers judge where there are any; else whole calls do, and beside them the members of a pool, which leaves its last
 * members in rotation however bad they are. Events of a guard carry its member, and belong to that component.
 * Invariant: `success` is listened to only while a first one is awaited, or where the policy has to show activity; for it
 * costs something on every call.
 */

import type { Description } from '../../core/description.ts'
import type { CallCounter, EventBase } from '../../core/events.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { PolicySubscriptions } from '../../core/policy-subscriptions.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type BreakerEvent, breakerEvents, feedBreaker } from './breaker-feed.ts'
import { CallFeed } from './call-feed.ts'
import { PoolFeed, poolEvents } from './pool-feed.ts'
import { Source } from './source.ts'
import { StalePolicy } from './stale-policy.ts'

/** A policy that is watched, until it is stopped. */
export interface Watching {
  /** Stops watching; what only this policy reported is unknown from now on. Stopping twice is stopping once. */
  stop(): void
}

/** How often whole calls serve as readings of the clocks, in ms. */
const readEvery = 100

export class Watch implements Watching {
  readonly #tracker: TrackerState
  readonly #policy: BasePolicy
  readonly #component: Component
  readonly #breakers = new Map<string, Source>()
  readonly #pools = new Map<string, PoolFeed>()
  readonly #calls: CallFeed | undefined
  readonly #subscriptions: PolicySubscriptions
  readonly #success = (payload: EventBase): void => this.#take('success', payload)
  /** Whole calls are counted, not listened to: a payload and a look at the clock for each would cost more than the rest. */
  readonly #call: CallCounter = (ok, ignored, attempts, first, savedBy, excluded) => {
    if (!ignored) this.#silence?.heard(this.#tracker.now())
    if (excluded) this.#component.requests.injected++
    else {
      this.#component.requests.count(ok, ignored, attempts, first, savedBy)
      this.#calls?.take(this.#policy.name, ok, ignored)
    }
    const { clock } = this.#tracker.time
    const recent = clock.recent?.() ?? clock.now()
    if (Math.abs(recent - this.#readAt) >= readEvery) this.#read(recent)
  }
  readonly #silence: StalePolicy | undefined
  #awaiting = false
  #readAt = Number.NEGATIVE_INFINITY

  constructor(
    tracker: TrackerState,
    policy: BasePolicy,
    component: Component,
    consecutiveFailures: number,
    staleAfter: number | undefined,
  ) {
    this.#tracker = tracker
    this.#policy = policy
    this.#component = component
    const description = policy.describe()
    for (const { name } of partsOf(description, 'circuitBreaker')) this.#breaker(name)
    for (const { name, members } of partsOf(description, 'failoverPool')) {
      const label = description.kind === 'failoverPool' ? component.name : name
      this.#pools.set(name, new PoolFeed(tracker, label, component, members))
    }
    if (this.#breakers.size === 0) this.#calls = new CallFeed(tracker, new Source(component), consecutiveFailures)
    this.#subscriptions = new PolicySubscriptions(policy)
    for (const event of breakerEvents) this.#subscribe(event)
    if (this.#pools.size > 0) {
      for (const event of poolEvents) this.#subscribe(event)
    }
    policy.events.addCounter(this.#call)
    if (staleAfter !== undefined) this.#silence = new StalePolicy(tracker, staleAfter, () => this.#sources)
    this.#await()
  }

  get #sources(): readonly Source[] {
    const calls = this.#calls === undefined ? [] : [this.#calls.source]
    return [...this.#breakers.values(), ...calls, ...[...this.#pools.values()].flatMap(({ sources }) => sources)]
  }

  stop(): void {
    this.#subscriptions.close()
    this.#policy.events.removeRelay('success', this.#success)
    this.#policy.events.removeCounter(this.#call)
    this.#silence?.stop()
    const now = this.#tracker.now()
    for (const breaker of this.#breakers.values()) breaker.end(now)
    for (const pool of this.#pools.values()) pool.end(now)
    this.#calls?.end(now)
  }

  #subscribe(event: string): void {
    this.#subscriptions.on<EventBase>(event, (payload) => this.#take(event, payload))
  }

  /** Both clocks, ten times a second: a step of the wall clock or a sleep shows between two readings. */
  #read(recent: number): void {
    this.#readAt = recent
    this.#tracker.time.now()
  }

  #take(event: string, payload: EventBase): void {
    const { kind } = payload
    this.#silence?.heard(this.#tracker.now())
    if (kind === 'circuitBreaker') this.#takeBreaker(event, payload)
    else if (kind === 'failoverPool') this.#pools.get(payload.policy)?.take(event, payload)
    this.#await()
  }

  #takeBreaker(event: string, payload: BreakerEvent): void {
    if (event === 'reject') this.#component.requests.spared++
    if (payload.pool === undefined) feedBreaker(this.#tracker, this.#breaker(payload.policy), event, payload)
    else this.#pools.get(payload.pool)?.takeGuard(event, payload)
  }

  #breaker(name: string): Source {
    let source = this.#breakers.get(name)
    if (source === undefined) {
      source = new Source(this.#component)
      this.#breakers.set(name, source)
    }
    return source
  }

  /** Listens to successes while the first one of some breaker or member is awaited. */
  #await(): void {
    const breakers = [...this.#breakers.values()].some(({ silent }) => silent)
    const wanted = breakers || this.#silence !== undefined || [...this.#pools.values()].some(({ waiting }) => waiting)
    if (wanted === this.#awaiting) return
    this.#awaiting = wanted
    if (wanted) this.#policy.events.addRelay('success', this.#success)
    else this.#policy.events.removeRelay('success', this.#success)
  }
}

/** The parts of a kind, at any depth; what a pool has inside is its own affair. */
function partsOf(description: Description, kind: string): readonly Description[] {
  if (description.kind === kind) return [description]
  if (description.kind === 'failoverPool') return []
  return description.parts.flatMap((part) => partsOf(part, kind))
}
