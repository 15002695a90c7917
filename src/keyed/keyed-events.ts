/**
 * Relays the events of the policies by key as events of `keyed`, with the key.
 *
 * Invariant: each entry's policy is subscribed to for exactly the events that `keyed` has listeners for.
 */
import type { Events, Interest } from '../core/events.ts'
import type { KeyedEntry } from './entry.ts'

type KeyedRelay = (payload: object) => void

export class KeyedEventRelays {
  readonly #events: Events
  readonly #wanted = new Map<string, Interest>()
  readonly #relays = new Map<KeyedEntry, Map<string, KeyedRelay>>()

  constructor(events: Events) {
    this.#events = events
  }

  /** `interest` is undefined once the last listener is removed. */
  demand(event: string, interest: Interest | undefined, entries: Iterable<KeyedEntry>): void {
    if (interest === undefined) this.#wanted.delete(event)
    else this.#wanted.set(event, interest)
    for (const entry of entries) {
      if (interest === undefined) this.#unsubscribe(entry, event)
      else this.#subscribe(entry, event, interest)
    }
  }

  join(entry: KeyedEntry): void {
    for (const [event, interest] of this.#wanted) this.#subscribe(entry, event, interest)
  }

  leave(entry: KeyedEntry): void {
    for (const event of this.#wanted.keys()) this.#unsubscribe(entry, event)
    this.#relays.delete(entry)
  }

  #subscribe(entry: KeyedEntry, event: string, interest: Interest): void {
    const relays = this.#relays.get(entry) ?? new Map<string, KeyedRelay>()
    this.#relays.set(entry, relays)
    const { key, policy } = entry
    const relay = (payload: object): void => this.#events.relay(event, { ...payload, key })
    relays.set(event, relay)
    policy.events.addRelay(event, relay, interest)
  }

  #unsubscribe(entry: KeyedEntry, event: string): void {
    const relays = this.#relays.get(entry) as Map<string, KeyedRelay>
    const relay = relays.get(event) as KeyedRelay
    relays.delete(event)
    entry.policy.events.removeRelay(event, relay)
  }
}
