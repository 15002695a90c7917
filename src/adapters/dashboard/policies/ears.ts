/** Ears for the rare events of one policy; all are taken back at once. */
import type { EventBase } from '../../../core/events.ts'
import type { BasePolicy } from '../../../core/policy.ts'

export class Ears {
  readonly #policy: BasePolicy
  readonly #relays: (readonly [event: string, relay: (payload: never) => void])[] = []

  constructor(policy: BasePolicy) {
    this.#policy = policy
  }

  on<Payload extends EventBase>(event: string, take: (payload: Payload) => void): this {
    const relay = (payload: Payload): void => {
      // A pool tells the events of its members' guards, too, and those are heard where they come from.
      if (payload.pool === undefined) take(payload)
    }
    this.#relays.push([event, relay])
    this.#policy.events.addRelay(event, relay)
    return this
  }

  stop(): void {
    for (const [event, relay] of this.#relays) this.#policy.events.removeRelay(event, relay)
    this.#relays.length = 0
  }
}
