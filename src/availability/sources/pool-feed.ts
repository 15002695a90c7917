/**
 * What a failover pool says of its members, and its members of the pool.
 *
 * A member is a component of its own, fed by the pool (ejected is down) and by the breakers of its guard. The pool is up
 * while one member is, and down when all are; it is recomputed from the instant a member's timeline has changed, but never
 * from before the members themselves last changed. A member has to prove itself first, and again after its guard was
 * isolated or disabled.
 */
import type { EventBase } from '../../core/events.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { anyServing, DOWN, MAINTENANCE, SILENT, UP } from '../timeline/states.ts'
import { sweep } from '../timeline/steps.ts'
import { age, type BreakerEvent, feedBreaker } from './breaker-feed.ts'
import { Source, type StateStep } from './source.ts'

interface PoolEvent extends EventBase {
  readonly since?: unknown
  readonly from?: unknown
  readonly to?: unknown
  readonly added?: unknown
  readonly removed?: unknown
}

interface TrackedMember {
  readonly component: Component
  /** What the pool itself says of it. */
  readonly source: Source
  readonly guards: Map<string, Source>
}

export const poolEvents = ['eject', 'restore', 'state', 'admin', 'membersChanged'] as const

export class PoolFeed {
  readonly #tracker: TrackerState
  readonly #label: string
  readonly #verdict: Source
  readonly #members = new Map<string, TrackedMember>()
  readonly #follow = (from: number): void => this.#judge(from)
  #since: number

  constructor(tracker: TrackerState, label: string, pool: Component, members: readonly string[]) {
    this.#tracker = tracker
    this.#label = label
    this.#verdict = new Source(pool)
    this.#since = tracker.now()
    for (const member of members) this.#join(member)
  }

  /** Some member has not shown yet whether it serves. */
  get waiting(): boolean {
    for (const { source } of this.#members.values()) if (source.silent) return true
    return false
  }

  /** What says something of a member. */
  get sources(): readonly Source[] {
    return [...this.#members.values()].flatMap(({ source, guards }) => [source, ...guards.values()])
  }

  /** An event of the pool itself. */
  take(event: string, payload: PoolEvent): void {
    if (event === 'membersChanged') {
      for (const name of strings(payload.removed)) this.#leave(name)
      for (const name of strings(payload.added)) this.#join(name)
      return
    }
    const source = this.#members.get(payload.member ?? '')?.source
    if (source === undefined) return
    const now = this.#tracker.now()
    if (event === 'eject' && source.state !== DOWN) {
      source.setState(this.#tracker.time.back(now, age(payload)), DOWN, { detected: now }, `${payload.policy}: ejected`)
    } else if (event === 'restore' || ((event === 'success' || confirms(event, payload)) && source.silent)) {
      source.setState(now, UP)
    } else if (event === 'admin') this.#administer(source, payload, now)
  }

  /** Under maintenance by the operator's word; afterwards it has to show itself again. */
  #administer(source: Source, { policy, from, to }: PoolEvent, now: number): void {
    if (to === 'maintenance') source.setState(now, MAINTENANCE, undefined, `${policy}: maintenance`)
    else if (from === 'maintenance') source.setState(now, SILENT)
  }

  /** An event of a breaker in a member's guard. */
  takeGuard(event: string, payload: BreakerEvent): void {
    const member = this.#members.get(payload.member ?? '')
    if (member === undefined) return
    let guard = member.guards.get(payload.policy)
    if (guard === undefined) {
      guard = new Source(member.component)
      member.guards.set(payload.policy, guard)
    }
    feedBreaker(this.#tracker, guard, event, payload)
    if (event === 'success' && member.source.silent) member.source.setState(this.#tracker.now(), UP)
    if ((event === 'isolate' || event === 'disable') && member.source.state === UP) {
      member.source.setState(this.#tracker.now(), SILENT)
    }
  }

  end(time: number): void {
    for (const name of [...this.#members.keys()]) this.#leave(name)
    this.#verdict.end(time)
  }

  #join(name: string): void {
    if (this.#members.has(name)) return
    const component = this.#tracker.component(`${this.#label}/${name}`, true)
    this.#members.set(name, { component, source: new Source(component), guards: new Map() })
    component.follow(this.#follow)
    this.#rejudge()
  }

  #leave(name: string): void {
    const member = this.#members.get(name)
    if (member === undefined) return
    const now = this.#tracker.now()
    this.#members.delete(name)
    member.component.unfollow(this.#follow)
    member.source.end(now)
    for (const guard of member.guards.values()) guard.end(now)
    this.#rejudge()
  }

  #rejudge(): void {
    this.#since = this.#tracker.now()
    this.#judge(this.#since)
  }

  #judge(changed: number): void {
    const from = Math.max(changed, this.#since)
    const before = this.#verdict.state
    const timelines = [...this.#members.values()].map(({ component }) => component.timeline)
    let code = anyServing(timelines.map((timeline) => timeline.at(from)))
    let since = from
    const steps: [StateStep, ...StateStep[]] = [[from, code]]
    sweep(timelines, from, anyServing, undefined, (time, next) => {
      if (next !== code) since = time
      code = next
      steps.push([time, code])
    })
    const fell = before !== DOWN && code === DOWN
    this.#verdict.revise(steps, fell ? { start: since, detected: this.#tracker.now() } : undefined)
  }
}

/** A first check that was good. */
function confirms(event: string, { from, to }: PoolEvent): boolean {
  return event === 'state' && from === 'unknown' && to === 'up'
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
