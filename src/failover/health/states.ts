/**
 * Changes the health states of members. No other file does.
 *
 *   unknown → up by a first success; up ⇄ suspect while failures are counted, too few to eject; any of them → ejected by
 *   failures in a row, a low success rate or failed checks; ejected → probing when the ejection is over and a call tries the
 *   member, one at a time; probing → restored by success, → ejected by failure; restored = warming, where there is a slow
 *   start, then up.
 *
 * Invariant: each ejection, each return (also from a drain or maintenance) and each change of state while ejected starts a
 * new generation of the member.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { EjectReason, MemberState } from '../members/member-status.ts'
import type { PoolMember } from '../members/pool-member.ts'
import { type SlowStart, warmthAt } from './slow-start.ts'

/** Why a state changed: an ejection, the result of a call or a check, or an action of the operator. */
export type StateReason = EjectReason | 'call' | 'warm' | 'joined' | 'noVerdict' | 'maintenance'

export class HealthStates {
  readonly #pool: Pick<BasePolicy, 'clock' | 'events'>
  readonly #members: MemberSet
  readonly #slowStart: SlowStart | undefined
  #warmedAt = Number.NEGATIVE_INFINITY

  constructor(pool: Pick<BasePolicy, 'clock' | 'events'>, members: MemberSet, slowStart: SlowStart | undefined) {
    this.#pool = pool
    this.#members = members
    this.#slowStart = slowStart
  }

  /** A call or a check of a healthy member succeeded. */
  confirm(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    const cleared = member.state === 'suspect' && member.failures === 0 && member.badChecks === 0
    if (cleared || member.state === 'unknown') this.#setState(member, 'up', reason, now)
  }

  /** A call or a check failed; there were too few failures to eject the member. */
  suspect(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    if (member.state === 'up' || member.state === 'unknown') this.#setState(member, 'suspect', reason, now)
  }

  /** Ejects a member, or prolongs its ejection, until `until`. */
  eject(
    member: PoolMember,
    reason: EjectReason,
    error: unknown,
    since: Milliseconds,
    until: Milliseconds,
    now: Milliseconds,
  ): void {
    member.ejectedBy = reason
    member.ejectedUntil = until
    this.#setState(member, 'ejected', reason, now)
    const { events } = this.#pool
    if (!events.hasListeners('eject')) return
    const { name, ejections } = member
    events.emit('eject', { member: name, reason, error, since, until, ejections }, now)
  }

  /** A call starts to find out whether an ejected member works again. */
  probe(member: PoolMember, now: Milliseconds): void {
    member.earlyProbe = now < member.ejectedUntil
    member.probeStartedAt = now
    this.#setState(member, 'probing', 'call', now)
  }

  /** The probe ended without a verdict; the next call may try. */
  unprobe(member: PoolMember): void {
    if (member.state === 'probing') this.#setState(member, 'ejected', 'noVerdict', this.#pool.clock.now())
  }

  restore(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    member.restoredAt = now
    member.ejectedBy = undefined
    member.badChecks = 0
    if (!this.warm(member, reason, now)) this.#setState(member, 'up', reason, now)
    const { events } = this.#pool
    if (events.hasListeners('restore')) events.emit('restore', { member: member.name, reason }, now)
  }

  /** It is ready again after a drain; results of earlier tries no longer count. */
  resume(member: PoolMember): void {
    this.unprobe(member)
    member.startGeneration()
  }

  /** Drops all that is known of its health and performance. */
  forget(member: PoolMember, now: Milliseconds): void {
    member.ejections = 0
    member.ejectedBy = undefined
    member.startGeneration()
    member.forgetStatistics()
    this.#setState(member, 'unknown', 'maintenance', now)
  }

  /** Begins a slow start, if the pool has one and other members can carry the load. Returns whether it did. */
  warm(member: PoolMember, reason: StateReason, now: Milliseconds): boolean {
    if (this.#slowStart === undefined) return false
    if (!this.#members.serving.some((other) => other !== member && other.healthy && other.warmth === 1)) return false
    // Before the event: a listener may make a call, or remove the member.
    member.warmingSince = now
    member.warmth = warmthAt(this.#slowStart, 0)
    this.#members.warming.add(member)
    this.#members.candidatesChanged()
    this.#setState(member, 'warming', reason, now)
    return true
  }

  /** Updates the share of members in their slow start to `now`. */
  warmUp(now: Milliseconds): void {
    // One call may ask for this before each of thousands of tries.
    if (Math.abs(now - this.#warmedAt) < 1) return
    this.#warmedAt = now
    for (const member of this.#members.warming) {
      member.warmth = warmthAt(this.#slowStart as SlowStart, now - member.warmingSince)
      if (member.warmth === 1) this.#setState(member, member.failures > 0 ? 'suspect' : 'up', 'warm', now)
    }
  }

  #setState(member: PoolMember, to: MemberState, reason: StateReason, now: Milliseconds): void {
    const { state: from, healthy } = member
    member.state = to
    if (from === 'warming' && to !== 'warming') {
      member.warmth = 1
      this.#members.warming.delete(member)
    }
    if (!healthy || !member.healthy) {
      member.startGeneration()
      if (healthy !== member.healthy) this.#members.healthChanged(member)
    }
    const { events } = this.#pool
    if (from !== to && events.hasListeners('state'))
      events.emit('state', { member: member.name, from, to, reason }, now)
  }
}
