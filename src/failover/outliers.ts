/**
 * Passive health: members are judged by the calls they serve.
 *
 * Failures in a row eject a member, for longer each time; when the time is over, one call at a time finds out whether it
 * works again. Accrual as in Finagle and Envoy; the share that may be ejected is counted after the ejection.
 */
import { delayBy } from '../core/backoff.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { Member } from './member.ts'
import { defaults, type Resolved } from './options.ts'
import type { Roster } from './roster.ts'

export class Outliers {
  readonly #pool: Pick<BasePolicy, 'clock' | 'random' | 'events'>
  readonly #rules: Pick<Resolved, 'outlier' | 'maxEjected'>
  readonly #roster: Roster

  constructor(
    pool: Pick<BasePolicy, 'clock' | 'random' | 'events'>,
    rules: Pick<Resolved, 'outlier' | 'maxEjected'>,
    roster: Roster,
  ) {
    this.#pool = pool
    this.#rules = rules
    this.#roster = roster
  }

  /** A member whose ejection is over gets this call, whatever the selection would say, so that it is found again. */
  revive(tried: readonly Member[], now: Milliseconds): Member | undefined {
    if (this.#roster.out.length === 0) return undefined
    const member = this.#roster.due(now, tried)
    member?.probe(now)
    return member
  }

  succeeded(member: Member): void {
    member.failures = 0
    if (member.state === 'up') return
    const { clock, events } = this.#pool
    member.restore(clock.now())
    this.#roster.changed()
    if (events.wants('restore')) events.emit('restore', { member: member.name })
  }

  failed(member: Member, error: unknown): void {
    const { outlier, maxEjected } = this.#rules
    // An ejected member is tried only in panic, and can get no worse. A removed one is nobody's any more.
    if (outlier === false || member.state === 'ejected' || this.#roster.get(member.name) !== member) return
    const now = this.#pool.clock.now()
    if (member.failures++ === 0) member.firstFailureAt = now
    if (member.state === 'up') {
      if (member.failures < outlier.consecutiveFailures || member.draining) return
      const { serving, out } = this.#roster
      if ((out.length + 1) / serving.length > maxEjected) return
    }
    this.#eject(member, error, now, outlier.ejectFor)
  }

  #eject(member: Member, error: unknown, now: Milliseconds, rule: Parameters<typeof delayBy>[0]): void {
    const { random, events } = this.#pool
    const since = member.firstFailureAt
    const ejections = member.nextEjection(now)
    const previous = ejections === 1 ? undefined : member.ejectedFor
    const state = { attempt: ejections, previous, random, error }
    member.eject(now, delayBy(rule, state, 'ejectFor', events, defaults.ejectFor), ejections)
    this.#roster.changed()
    if (!events.wants('eject')) return
    events.emit('eject', { member: member.name, error, since, until: member.ejectedUntil, ejections })
  }
}
