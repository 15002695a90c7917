/** Ears for the events of one policy: what they do may fail and hurts nobody, and all are taken back at once. */
import type { EventBase } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { ExporterErrors } from './exporter-errors.ts'

export class Ears {
  readonly #errors: ExporterErrors
  readonly #policy: BasePolicy
  readonly #relays: (readonly [event: string, relay: (payload: never) => void])[] = []

  constructor(errors: ExporterErrors, policy: BasePolicy) {
    this.#errors = errors
    this.#policy = policy
  }

  on<Payload extends EventBase>(event: string, take: (payload: Payload) => void): this {
    const relay = (payload: Payload): void => {
      this.#errors.guard(event, () => take(payload))
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
