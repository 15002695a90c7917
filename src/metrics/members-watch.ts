/**
 * One failover pool: its members as they are when scraped, and the policies of their guards.
 *
 * Members come and go. Invariant: those with a place, and no others, have series and watched guards.
 */
import type { BasePolicy } from '../core/policy.ts'
import type { EjectEvent } from '../failover/events.ts'
import type { MemberStatus } from '../failover/members/member-status.ts'
import { Ears } from './ears.ts'
import type { Place, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'
import type { Labels } from './sink.ts'

/** What is used of a pool. */
interface Pool extends BasePolicy {
  readonly members: readonly MemberStatus<unknown>[]
  readonly guards: ReadonlyMap<string, BasePolicy>
}

interface Member {
  readonly series: Series
  readonly guard: BasePolicy | undefined
  readonly watches: readonly PolicyWatch[]
}

/** Watches the policies that are inside of one. */
export type WatchInside = (policy: BasePolicy, within: Labels) => readonly PolicyWatch[]

/** What the operator says goes before what is measured. */
const states = ['unknown', 'up', 'suspect', 'ejected', 'probing', 'warming', 'drain', 'maintenance'] as const
const reasons: readonly EjectEvent['reason'][] = ['consecutive', 'rate', 'probe', 'check']

export class PoolWatch implements PolicyWatch {
  readonly #pool: Pool
  readonly #labels: Labels
  readonly #context: WatchContext
  readonly #watchInside: WatchInside
  readonly #series: Series
  readonly #ears: Ears
  readonly #members = new Map<string, Member>()

  constructor({ policy, name, within }: Place, context: WatchContext, watchInside: WatchInside) {
    const { errors, families } = context
    this.#pool = policy as Pool
    this.#labels = { ...within, pool: name }
    this.#context = context
    this.#watchInside = watchInside
    this.#series = new Series(this.#labels)
    this.#ears = new Ears(errors, policy)
    const { failovers, exhausted, ejections } = families
    for (const counter of [failovers, exhausted]) this.#series.add(counter, {}, 0)
    this.#ears
      .on('failover', () => this.#series.add(failovers, {}, 1))
      .on('exhausted', () => this.#series.add(exhausted, {}, 1))
      .on<EjectEvent>('eject', ({ member, reason }) => this.#members.get(member)?.series.add(ejections, { reason }, 1))
      .on('membersChanged', () => this.#follow())
    this.#follow()
  }

  collect(): void {
    this.#follow()
    const { families } = this.#context
    const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<(typeof states)[number], number>
    for (const status of this.#pool.members) {
      const state = status.admin === 'ready' ? status.state : status.admin
      counts[state]++
      const member = this.#members.get(status.name)
      if (member === undefined) continue
      const { series } = member
      series.refresh(() => {
        series.setState(families.memberStatus, states, state)
        series.set(families.weight, {}, status.weight * status.warmth)
        series.set(families.pending, {}, status.pending)
        series.set(families.latency, {}, status.latency === undefined ? undefined : status.latency / 1000)
      })
      for (const watch of member.watches) watch.collect()
    }
    this.#series.refresh(() => {
      for (const state of states) this.#series.set(families.members, { state }, counts[state])
    })
  }

  stop(): void {
    this.#ears.stop()
    for (const name of [...this.#members.keys()]) this.#leave(name)
    this.#series.drop()
  }

  /** Joins who is new, and lets go of who is gone. One that came back under its name is another. */
  #follow(): void {
    const { guards } = this.#pool
    const names = new Set(this.#pool.members.map(({ name }) => name))
    for (const [name, { guard }] of [...this.#members]) {
      if (!names.has(name) || guard !== guards.get(name)) this.#leave(name)
    }
    for (const name of names) if (!this.#members.has(name)) this.#join(name, guards.get(name))
  }

  #join(name: string, guard: BasePolicy | undefined): void {
    const { members, families } = this.#context
    if (!members.take(this.#key(name))) return
    const labels = { ...this.#labels, member: name }
    const series = new Series(labels)
    for (const reason of reasons) series.add(families.ejections, { reason }, 0)
    const watches = guard === undefined ? [] : this.#watchInside(guard, labels)
    this.#members.set(name, { series, guard, watches })
  }

  #leave(name: string): void {
    const { watches, series } = this.#members.get(name) as Member
    this.#members.delete(name)
    for (const watch of watches) watch.stop()
    series.drop()
    this.#context.members.leave(this.#key(name))
  }

  #key(name: string): string {
    return JSON.stringify([this.#labels, name])
  }
}
