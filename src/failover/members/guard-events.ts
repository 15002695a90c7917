/**
 * Relays the events of the members' guards as events of the pool, with `pool` and `member` set.
 *
 * Invariant: while a member is in the pool, its guard is subscribed to for exactly the events that the pool has listeners for.
 */
import type { Events, Interest } from '../../core/events.ts'
import type { PoolMember } from './pool-member.ts'

type GuardRelay = (payload: object) => void

export class GuardEvents {
  readonly #pool: string
  readonly #events: Events
  /** The events that the pool has listeners for, each with whether one of them is active at a moment. */
  readonly #wanted = new Map<string, Interest>()
  readonly #relays = new Map<PoolMember, Map<string, GuardRelay>>()

  constructor(pool: string, events: Events) {
    this.#pool = pool
    this.#events = events
  }

  /** `interest` is undefined once the last listener is removed. */
  demand(event: string, interest: Interest | undefined, members: readonly PoolMember[]): void {
    if (interest === undefined) this.#wanted.delete(event)
    else this.#wanted.set(event, interest)
    for (const member of members) {
      if (interest !== undefined) this.#subscribe(member, event, interest)
      else this.#unsubscribe(member, event)
    }
  }

  join(member: PoolMember): void {
    for (const [event, interest] of this.#wanted) this.#subscribe(member, event, interest)
  }

  leave(member: PoolMember): void {
    for (const event of this.#wanted.keys()) this.#unsubscribe(member, event)
    this.#relays.delete(member)
  }

  #subscribe(member: PoolMember, event: string, interest: Interest): void {
    if (member.guard === undefined) return
    const relays = this.#relays.get(member) ?? new Map<string, GuardRelay>()
    this.#relays.set(member, relays)
    const relay = (payload: object): void =>
      this.#events.relay(event, { ...payload, pool: this.#pool, member: member.name })
    relays.set(event, relay)
    member.guard.events.addRelay(event, relay, interest)
  }

  #unsubscribe(member: PoolMember, event: string): void {
    const relay = this.#relays.get(member)?.get(event)
    if (relay === undefined) return
    this.#relays.get(member)?.delete(event)
    member.guard?.events.removeRelay(event, relay)
  }
}
