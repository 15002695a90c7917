/**
 * Events of the members' guards, as events of the pool: with `pool` and `member` set.
 *
 * Invariant: a guard is listened to for exactly the events somebody listens to on the pool, while its member is in it.
 */
import type { Events, Interest } from '../../core/events.ts'
import type { PoolMember } from './pool-member.ts'

type GuardRelay = (payload: object) => void

export class GuardEvents {
  readonly #pool: string
  readonly #events: Events
  /** Events somebody listens to on the pool, each with whether it is heard at a moment. */
  readonly #wanted = new Map<string, Interest>()
  readonly #relays = new Map<PoolMember, Map<string, GuardRelay>>()

  constructor(pool: string, events: Events) {
    this.#pool = pool
    this.#events = events
  }

  /** `heard` is undefined once nobody listens any more. */
  demand(event: string, heard: Interest | undefined, members: readonly PoolMember[]): void {
    if (heard === undefined) this.#wanted.delete(event)
    else this.#wanted.set(event, heard)
    for (const member of members) {
      if (heard !== undefined) this.#listen(member, event, heard)
      else this.#forget(member, event)
    }
  }

  join(member: PoolMember): void {
    for (const [event, heard] of this.#wanted) this.#listen(member, event, heard)
  }

  leave(member: PoolMember): void {
    for (const event of this.#wanted.keys()) this.#forget(member, event)
    this.#relays.delete(member)
  }

  #listen(member: PoolMember, event: string, heard: Interest): void {
    if (member.guard === undefined) return
    const relays = this.#relays.get(member) ?? new Map<string, GuardRelay>()
    this.#relays.set(member, relays)
    const relay = (payload: object): void =>
      this.#events.relay(event, { ...payload, pool: this.#pool, member: member.name })
    relays.set(event, relay)
    member.guard.events.addRelay(event, relay, heard)
  }

  #forget(member: PoolMember, event: string): void {
    const relay = this.#relays.get(member)?.get(event)
    if (relay === undefined) return
    this.#relays.get(member)?.delete(event)
    member.guard?.events.removeRelay(event, relay)
  }
}
