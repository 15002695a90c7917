/**
 * Computes what each server of HAProxy should be set to from the members of a failover pool.
 *
 * weight = 100 × weight / heaviest × warmth × factor. The factor moves towards success × speed, where speed is the mean
 * latency of all members divided by the member's own. It moves part of the way at each step and never more than doubles or
 * halves, so one odd second cannot redirect the traffic.
 * Invariants: a healthy member with a weight gets at least 1, so its recovery is observed. When too few members are healthy,
 * none is taken out: a bad day must not become an outage.
 */
import type { AdminState, MemberStatus } from '../../failover/members/member-status.ts'
import { isHealthy, panics } from '../../reconcile/panic.ts'

/** The settings a server should have. */
export interface DesiredServer {
  /** An integer from 0 to 256. */
  readonly weight: number
  readonly admin: AdminState
}

/** The weight of the heaviest member if all perform alike. HAProxy's maximum leaves room for those that do better. */
const usual = 100
const most = 256
const pace = 0.3
const slew = 2
const least = 0.05
/** Latencies below this, in ms, count as equal. */
const shortest = 1

export class DesiredState {
  readonly #panic: number
  #factors: ReadonlyMap<string, number> = new Map()

  /** Below this share of healthy members, health is ignored. */
  constructor(panic: number) {
    this.#panic = panic
  }

  /** Moves each member's factor by one step. */
  learn(members: readonly MemberStatus<unknown>[]): void {
    const mean = meanOf(members.flatMap((member) => (isHealthy(member) ? timeOf(member) : [])))
    this.#factors = new Map(members.map((member) => [member.name, this.#step(member, mean)]))
  }

  /** The settings for each member now, by its name. */
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
    // A member without traffic has no new measurements.
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

/** The member's latency, if known. */
function timeOf({ latency }: MemberStatus<unknown>): readonly number[] {
  return latency === undefined ? [] : [Math.max(latency, shortest)]
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? shortest : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
