/**
 * Passive health: judges members by the calls they serve.
 *
 * Failures in a row, or a success rate clearly below that of the others, eject a member, for longer each time; when the
 * ejection is over, one call at a time finds out whether the member works again. Accrual as in Finagle and Envoy.
 *
 * Invariant: this judge ejects no member if more than the share `maxEjected` of the members in service would then be out.
 */
import { delayBy } from '../../core/backoff.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { EjectReason } from '../members/member-status.ts'
import type { PoolMember } from '../members/pool-member.ts'
import { defaults, type FailoverSettings, type OutlierSettings } from '../settings.ts'
import type { HealthStates } from './states.ts'
import { SuccessRates } from './success-rates.ts'

export class CallJudge {
  readonly #pool: Pick<BasePolicy, 'random' | 'events'>
  readonly #outlier: OutlierSettings | false
  readonly #maxEjected: number
  readonly #members: MemberSet
  readonly #states: HealthStates
  readonly #rates: SuccessRates | undefined

  constructor(
    pool: Pick<BasePolicy, 'random' | 'events'>,
    { outlier, maxEjected }: Pick<FailoverSettings, 'outlier' | 'maxEjected'>,
    members: MemberSet,
    states: HealthStates,
  ) {
    this.#pool = pool
    this.#outlier = outlier
    this.#maxEjected = maxEjected
    this.#members = members
    this.#states = states
    this.#rates = outlier === false || outlier.successRate === false ? undefined : new SuccessRates(outlier.successRate)
  }

  /** A try that began in the member's present generation succeeded. */
  succeeded(member: PoolMember, now: Milliseconds): void {
    member.failures = 0
    if (member.healthy) this.#states.confirm(member, 'call', now)
    else this.#states.restore(member, 'call', now)
    this.#judgeRates(now)
  }

  /** Such a try failed. An ejected member is tried only in panic, and its ejection stays as it is. */
  failed(member: PoolMember, error: unknown, now: Milliseconds): void {
    const outlier = this.#outlier
    if (outlier === false) {
      // Checks have ejected it; a call tried it because no other member was left.
      this.#states.unprobe(member)
      return
    }
    if (member.state === 'ejected') return
    if (member.failures++ === 0) member.firstFailureAt = now
    if (member.state === 'probing') {
      if (member.earlyProbe) this.#states.unprobe(member)
      else this.#eject(member, 'probe', error, member.firstFailureAt, now, outlier)
    } else if (member.failures < outlier.consecutiveFailures || !this.#mayEject(member)) {
      this.#states.suspect(member, 'call', now)
    } else this.#eject(member, 'consecutive', error, member.firstFailureAt, now, outlier)
    this.#judgeRates(now)
  }

  #mayEject(member: PoolMember): boolean {
    if (member.admin !== 'ready') return false
    const { serving, out } = this.#members
    return (out.size + 1) / serving.length <= this.#maxEjected
  }

  #judgeRates(now: Milliseconds): void {
    const outlier = this.#outlier
    if (this.#rates === undefined || outlier === false) return
    for (const member of this.#rates.judge(this.#members.all, now)) {
      if (this.#mayEject(member)) this.#eject(member, 'rate', undefined, now, now, outlier)
    }
  }

  #eject(
    member: PoolMember,
    reason: EjectReason,
    error: unknown,
    since: Milliseconds,
    now: Milliseconds,
    { ejectFor }: OutlierSettings,
  ): void {
    const { random, events } = this.#pool
    // An ejection soon after the last recovery continues the count.
    const lasting = member.healthy && now - member.restoredAt >= member.ejectedFor
    member.ejections = lasting ? 1 : member.ejections + 1
    const previous = member.ejections === 1 ? undefined : member.ejectedFor
    const state = { attempt: member.ejections, previous, random, error }
    member.ejectedFor = delayBy(ejectFor, state, 'ejectFor', events, defaults.ejectFor)
    this.#states.eject(member, reason, error, since, now + member.ejectedFor, now)
  }
}
