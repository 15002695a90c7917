/**
 * Active health: judges members by checks.
 *
 * `fall` failed checks in a row eject a member, `rise` good ones restore it; how much the first ones count is HAProxy's
 * `init-state`. A good check restores a member that calls have ejected only when its ejection is over, or if the check does
 * the same as calls do: otherwise a shallow check would restore it again and again while calls to it keep failing. A member
 * that checks have ejected is restored by checks alone. Checks may eject all members: what then happens is up to `panic`.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { CheckSettings } from '../settings.ts'
import { HealthChecks } from './health-checks.ts'
import type { HealthStates } from './states.ts'

export class CheckJudge {
  readonly #pool: Pick<BasePolicy, 'clock' | 'random'>
  readonly #settings: CheckSettings
  readonly #members: MemberSet
  readonly #states: HealthStates
  readonly #onResult: () => void
  #checks: HealthChecks | undefined = undefined

  /** `onResult` is called after each result was judged. */
  constructor(
    pool: Pick<BasePolicy, 'clock' | 'random'>,
    settings: CheckSettings,
    members: MemberSet,
    states: HealthStates,
    onResult: () => void,
  ) {
    this.#onResult = onResult
    this.#pool = pool
    this.#settings = settings
    this.#members = members
    this.#states = states
  }

  /** Starts the checks of all members. */
  start(): void {
    const { clock, random } = this.#pool
    this.#checks = new HealthChecks(clock, random, this.#settings, {
      checked: (member, good, error) => this.#checked(member, good, error),
      hurried: (member) => member.state !== 'up' && member.state !== 'warming',
    })
    for (const member of this.#members.all) this.check(member)
  }

  close(): void {
    this.#checks?.close()
  }

  /** Whether each member that is checked has had a result. */
  get complete(): boolean {
    return this.#members.all.every(
      ({ admin, goodChecks, badChecks }) => admin === 'maintenance' || goodChecks + badChecks > 0,
    )
  }

  check(member: PoolMember): void {
    // A check or a listener may just have removed it from the pool.
    if (member.admin !== 'maintenance' && !member.removed) this.#checks?.start(member)
  }

  leave(member: PoolMember): void {
    this.#checks?.stop(member)
  }

  /** Sets the health of a member that has had no check: where `initial` says down, it is ejected without an event. */
  begin(member: PoolMember): void {
    const { initial, rise, fall } = this.#settings
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
    if (member.goodChecks + member.badChecks === 1) this.#useRiseAndFall(member)
    this.#onResult()
  }

  /** After the first result, `rise` and `fall` decide. */
  #useRiseAndFall(member: PoolMember): void {
    const { rise, fall } = this.#settings
    member.checksToFall = fall
    member.checksToRise = rise
  }

  #good(member: PoolMember, now: Milliseconds): void {
    member.badChecks = 0
    member.goodChecks++
    if (member.healthy) this.#states.confirm(member, 'check', now)
    else if (member.goodChecks >= member.checksToRise && this.#mayRestore(member, now)) {
      this.#states.restore(member, 'check', now)
    }
  }

  #mayRestore({ ejectedBy, ejectedUntil }: PoolMember, now: Milliseconds): boolean {
    return ejectedBy === 'check' || this.#settings.sameOperation || now >= ejectedUntil
  }

  #bad(member: PoolMember, error: unknown, now: Milliseconds): void {
    member.goodChecks = 0
    if (member.badChecks++ === 0 && member.failures === 0) member.firstFailureAt = now
    if (!member.healthy) return
    if (member.badChecks < member.checksToFall) this.#states.suspect(member, 'check', now)
    else this.#states.eject(member, 'check', error, member.firstFailureAt, Number.POSITIVE_INFINITY, now)
  }
}
