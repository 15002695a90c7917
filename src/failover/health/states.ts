/**
 * The states of members, and the only place that changes them.
 *
 *   unknown → up by a first success; up ⇄ suspect while failures are counted, too few to eject; in → ejected by failures in
 *   a row, a low success rate or failed checks; ejected → probing when its time is over and a call tries it, one at a time;
 *   probing → in by success, → ejected by failure; back in → warming, where there is a slow start, then up.
 *
 * Invariant: each leaving, each coming back, by the operator's hand too, and each step while out starts a new generation of
 * the member.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { EjectReason, MemberState } from '../members/member-status.ts'
import type { PoolMember } from '../members/pool-member.ts'
import { type SlowStart, warmthAt } from './slow-start.ts'

/** Why a state changed: an ejection, a call's or a check's result, or what the operator did. */
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

  /** A call or a check was good, and the member is in. */
  confirm(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    const cleared = member.state === 'suspect' && member.failures === 0 && member.badChecks === 0
    if (cleared || member.state === 'unknown') this.#turn(member, 'up', reason, now)
  }

  /** A call or a check failed, too few of them to put it out. */
  suspect(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    if (member.state === 'up' || member.state === 'unknown') this.#turn(member, 'suspect', reason, now)
  }

  /** Puts a member out, or out for longer, until `until`. */
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
    this.#turn(member, 'ejected', reason, now)
    const { events } = this.#pool
    if (!events.wants('eject')) return
    const { name, ejections } = member
    events.emit('eject', { member: name, reason, error, since, until, ejections }, now)
  }

  /** A call is to find out whether an ejected member works again. */
  probe(member: PoolMember, now: Milliseconds): void {
    member.earlyProbe = now < member.ejectedUntil
    member.probeStartedAt = now
    this.#turn(member, 'probing', 'call', now)
  }

  /** The probe said nothing that changes anything; the next call may try. */
  unprobe(member: PoolMember): void {
    if (member.state === 'probing') this.#turn(member, 'ejected', 'noVerdict', this.#pool.clock.now())
  }

  restore(member: PoolMember, reason: StateReason, now: Milliseconds): void {
    member.restoredAt = now
    member.ejectedBy = undefined
    member.badChecks = 0
    if (!this.warm(member, reason, now)) this.#turn(member, 'up', reason, now)
    const { events } = this.#pool
    if (events.wants('restore')) events.emit('restore', { member: member.name, reason }, now)
  }

  /** It serves again after it drained; what calls of before say of it no longer counts. */
  resume(member: PoolMember): void {
    this.unprobe(member)
    member.startGeneration()
  }

  /** Nothing is known of it any more. */
  forget(member: PoolMember, now: Milliseconds): void {
    member.ejections = 0
    member.ejectedBy = undefined
    member.startGeneration()
    member.forgetStatistics()
    this.#turn(member, 'unknown', 'maintenance', now)
  }

  /** Begins a slow start, where others can carry the load meanwhile. */
  warm(member: PoolMember, reason: StateReason, now: Milliseconds): boolean {
    if (this.#slowStart === undefined) return false
    if (!this.#members.serving.some((other) => other !== member && other.healthy && other.warmth === 1)) return false
    // Before anyone is told: a listener may make a call, or take it out of the pool.
    member.warmingSince = now
    member.warmth = warmthAt(this.#slowStart, 0)
    this.#members.warming.add(member)
    this.#members.candidatesChanged()
    this.#turn(member, 'warming', reason, now)
    return true
  }

  /** Brings the share of members in their slow start up to `now`. */
  warmUp(now: Milliseconds): void {
    // A call may ask for each of thousands of members.
    if (Math.abs(now - this.#warmedAt) < 1) return
    this.#warmedAt = now
    for (const member of this.#members.warming) {
      member.warmth = warmthAt(this.#slowStart as SlowStart, now - member.warmingSince)
      if (member.warmth === 1) this.#turn(member, member.failures > 0 ? 'suspect' : 'up', 'warm', now)
    }
  }

  #turn(member: PoolMember, to: MemberState, reason: StateReason, now: Milliseconds): void {
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
    if (from !== to && events.wants('state')) events.emit('state', { member: member.name, from, to, reason }, now)
  }
}
