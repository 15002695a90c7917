/**
 * What each server of HAProxy should be set to, from what a failover pool knows of its members.
 *
 * weight = 100 × weight / heaviest × warmth × factor. The factor moves towards success × speed (the mean latency of all
 * over its own), a part of the way each time and never more than doubled or halved, so that one odd second cannot turn the
 * traffic round. Invariant: who is in and has a weight is given at least 1, so that its recovery is seen; and where too few
 * are in, nobody is taken out: a bad day must not become an outage.
 */
import type { AdminState, MemberStatus } from '../../failover/members/member-status.ts'
import { isHealthy, panics } from '../../reconcile/panic.ts'

/** What a server should be set to. */
export interface DesiredServer {
  /** An integer from 0 to 256. */
  readonly weight: number
  readonly admin: AdminState
}

/** The weight of the heaviest where all are alike; HAProxy's most leaves room for those that do better. */
const usual = 100
const most = 256
const pace = 0.3
const slew = 2
const least = 0.05
/** Times below this, in ms, are all alike. */
const shortest = 1

export class DesiredState {
  readonly #panic: number
  #factors: ReadonlyMap<string, number> = new Map()

  /** Below this share of members that are in, health is ignored. */
  constructor(panic: number) {
    this.#panic = panic
  }

  /** Moves each member's factor one step on. */
  learn(members: readonly MemberStatus<unknown>[]): void {
    const mean = meanOf(members.flatMap((member) => (isHealthy(member) ? timeOf(member) : [])))
    this.#factors = new Map(members.map((member) => [member.name, this.#step(member, mean)]))
  }

  /** What each member is to be set to now, by its name. */
  of(members: readonly MemberStatus<unknown>[]): ReadonlyMap<string, DesiredServer> {
    const ignoresHealth = panics(members, this.#panic)
    const heaviest = Math.max(...members.map(({ weight }) => weight))
    return new Map(
      members.map((member) => {
        const out = !ignoresHealth && !isHealthy(member)
        const weight = out ? 0 : weightOf(member, heaviest, this.#factorOf(member))
        return [member.name, { weight, admin: member.admin }]
      }),
    )
  }

  #factorOf({ name }: MemberStatus<unknown>): number {
    return this.#factors.get(name) ?? 1
  }

  #step(member: MemberStatus<unknown>, mean: number): number {
    const known = this.#factorOf(member)
    // While it is out nothing is learnt of it.
    if (!isHealthy(member)) return known
    const [time = mean] = timeOf(member)
    const speed = Math.min(mean / time, most / usual)
    const moved = known + pace * (speed * member.reliability - known)
    return within(within(moved, known / slew, known * slew), least, most / usual)
  }
}

function weightOf({ weight, warmth }: MemberStatus<unknown>, heaviest: number, factor: number): number {
  if (weight === 0 && heaviest > 0) return 0
  const share = heaviest === 0 ? 1 : weight / heaviest
  return within(Math.round(usual * share * warmth * factor), 1, most)
}

/** Its latency, where it is known. */
function timeOf({ latency }: MemberStatus<unknown>): readonly number[] {
  return latency === undefined ? [] : [Math.max(latency, shortest)]
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? shortest : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
