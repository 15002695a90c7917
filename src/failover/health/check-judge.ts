/**
 * Active health: members are judged by checks.
 *
 * `fall` failed checks in a row put a member out, `rise` good ones bring it back; what the first ones count for is HAProxy's
 * `init-state`. A member that calls have put out comes back by a check only when its time is over, or the check does the
 * same as calls do: else a shallow check would bring it back again and again while it goes on failing. One that checks have
 * put out comes back by checks alone, and so many of them as there are: panic decides what then happens.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { CheckSettings } from '../resolved.ts'
import { HealthChecks } from './checks.ts'
import type { HealthStates } from './states.ts'

export class CheckJudge {
  readonly #pool: Pick<BasePolicy, 'clock' | 'random'>
  readonly #rules: CheckSettings
  readonly #members: MemberSet
  readonly #states: HealthStates
  readonly #told: () => void
  #checks: HealthChecks | undefined = undefined

  /** `told` hears of each result, after it was judged. */
  constructor(
    pool: Pick<BasePolicy, 'clock' | 'random'>,
    rules: CheckSettings,
    members: MemberSet,
    states: HealthStates,
    told: () => void,
  ) {
    this.#told = told
    this.#pool = pool
    this.#rules = rules
    this.#members = members
    this.#states = states
  }

  /** Begins to check all members. */
  start(): void {
    const { clock, random } = this.#pool
    this.#checks = new HealthChecks(clock, random, this.#rules, {
      checked: (member, good, error) => this.#checked(member, good, error),
      hurried: (member) => member.state !== 'up' && member.state !== 'warming',
    })
    for (const member of this.#members.all) this.check(member)
  }

  close(): void {
    this.#checks?.close()
  }

  /** Each member that is checked has had a result. */
  get complete(): boolean {
    return this.#members.all.every(
      ({ admin, goodChecks, badChecks }) => admin === 'maintenance' || goodChecks + badChecks > 0,
    )
  }

  check(member: PoolMember): void {
    // A check or a listener may have taken it out of the pool just before.
    if (member.admin !== 'maintenance' && !member.removed) this.#checks?.start(member)
  }

  leave(member: PoolMember): void {
    this.#checks?.stop(member)
  }

  /** Nothing is known of a member yet; where that counts as down, it is out without having been in. */
  begin(member: PoolMember): void {
    const { initial, rise, fall } = this.#rules
    member.badChecks = 0
    member.goodChecks = 0
    member.checksToRise = initial === 'fullyDown' ? rise : 1
    member.checksToFall = initial === 'fullyUp' ? fall : 1
    if (initial === 'up' || initial === 'fullyUp') return
    member.state = 'ejected'
    member.ejectedBy = 'check'
    member.ejectedUntil = Number.POSITIVE_INFINITY
    this.#members.servingChanged()
  }

  #checked(member: PoolMember, good: boolean, error: unknown): void {
    const now = this.#pool.clock.now()
    if (good) this.#good(member, now)
    else this.#bad(member, error, now)
    if (member.goodChecks + member.badChecks === 1) this.#decided(member)
    this.#told()
  }

  /** After a first result the usual numbers decide. */
  #decided(member: PoolMember): void {
    const { rise, fall } = this.#rules
    member.checksToFall = fall
    member.checksToRise = rise
  }

  #good(member: PoolMember, now: Milliseconds): void {
    member.badChecks = 0
    member.goodChecks++
    if (member.healthy) this.#states.confirm(member, 'check', now)
    else if (member.goodChecks >= member.checksToRise && this.#mayLift(member, now)) {
      this.#states.restore(member, 'check', now)
    }
  }

  #mayLift({ ejectedBy, ejectedUntil }: PoolMember, now: Milliseconds): boolean {
    return ejectedBy === 'check' || this.#rules.sameOperation || now >= ejectedUntil
  }

  #bad(member: PoolMember, error: unknown, now: Milliseconds): void {
    member.goodChecks = 0
    if (member.badChecks++ === 0 && member.failures === 0) member.firstFailureAt = now
    if (!member.healthy) return
    if (member.badChecks < member.checksToFall) this.#states.suspect(member, 'check', now)
    else this.#states.eject(member, 'check', error, member.firstFailureAt, Number.POSITIVE_INFINITY, now)
  }
}
