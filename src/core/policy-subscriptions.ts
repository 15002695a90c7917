/** Subscriptions to the events of one policy that are closed together. */
import type { EventBase } from './events.ts'
import type { BasePolicy } from './policy.ts'

export class PolicySubscriptions {
  readonly #policy: BasePolicy
  readonly #onError: ((event: string, error: unknown) => void) | undefined
  readonly #relays: (readonly [event: string, relay: (payload: never) => void])[] = []

  /** `onError` gets what a handler throws; without it, the policy emits that as `fault`. */
  constructor(policy: BasePolicy, onError?: (event: string, error: unknown) => void) {
    this.#policy = policy
    this.#onError = onError
  }

  /** `handler` also gets the events of guards that a failover pool passes on. */
  on<Payload extends EventBase>(event: string, handler: (payload: Payload) => void): this {
    const onError = this.#onError
    const relay = (payload: Payload): void => {
      try {
        handler(payload)
      } catch (error) {
        if (onError === undefined) throw error
        onError(event, error)
      }
    }
    this.#relays.push([event, relay])
    this.#policy.events.addRelay(event, relay)
    return this
  }

  /** Like `on`, without the events of guards: for subscribers that subscribe to each guard itself. */
  onOwn<Payload extends EventBase>(event: string, handler: (payload: Payload) => void): this {
    return this.on<Payload>(event, (payload) => {
      if (payload.pool === undefined) handler(payload)
    })
  }

  close(): void {
    for (const [event, relay] of this.#relays) this.#policy.events.removeRelay(event, relay)
    this.#relays.length = 0
  }
}
