/**
 * Events of the members' guards, as events of the pool: with `pool` and `member` set.
 *
 * Invariant: a guard is listened to for exactly the events somebody listens to on the pool, while its member is in it.
 */
import type { Events } from '../core/events.ts'
import type { Member } from './member.ts'

type Relay = (payload: object) => void

export class GuardEvents {
  readonly #pool: string
  readonly #events: Events
  readonly #wanted = new Set<string>()
  readonly #relays = new Map<Member, Map<string, Relay>>()

  constructor(pool: string, events: Events) {
    this.#pool = pool
    this.#events = events
  }

  demand(event: string, wanted: boolean, members: readonly Member[]): void {
    if (wanted) this.#wanted.add(event)
    else this.#wanted.delete(event)
    for (const member of members) {
      if (wanted) this.#listen(member, event)
      else this.#forget(member, event)
    }
  }

  join(member: Member): void {
    for (const event of this.#wanted) this.#listen(member, event)
  }

  leave(member: Member): void {
    for (const event of this.#wanted) this.#forget(member, event)
    this.#relays.delete(member)
  }

  #listen(member: Member, event: string): void {
    if (member.guard === undefined) return
    const relays = this.#relays.get(member) ?? new Map<string, Relay>()
    this.#relays.set(member, relays)
    const relay = (payload: object): void =>
      this.#events.relay(event, { ...payload, pool: this.#pool, member: member.name })
    relays.set(event, relay)
    member.guard.events.addRelay(event, relay)
  }

  #forget(member: Member, event: string): void {
    const relay = this.#relays.get(member)?.get(event)
    if (relay === undefined) return
    this.#relays.get(member)?.delete(event)
    member.guard?.events.removeRelay(event, relay)
  }
}
