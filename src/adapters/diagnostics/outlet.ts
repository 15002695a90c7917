/**
 * One event of policies, of whatever kinds: the channels it is published in.
 *
 * It is active while one of them has subscribers, so that policies build nothing for nobody.
 */
import type { EventBase, Interest } from '../../core/events.ts'
import { type Channel, channel } from './channels.ts'
import { common, events, nameOf } from './names.ts'

export class Outlet implements Interest {
  readonly event: string
  readonly #byKind: ReadonlyMap<string, Channel>
  readonly #common: Channel | undefined
  readonly #first: Channel
  readonly #others: readonly Channel[]
  readonly publish = (payload: EventBase): void => {
    // A channel without subscribers does nothing; what subscribers throw Node keeps from the publisher.
    const channel = this.#byKind.get(payload.kind) ?? this.#common
    channel?.publish(payload)
  }

  /** Without kinds it is an event of every policy, with one channel. */
  constructor(event: string, kinds: readonly string[] = []) {
    this.event = event
    this.#byKind = new Map(kinds.map((kind) => [kind, channel(nameOf(event, kind))]))
    this.#common = kinds.length === 0 ? channel(nameOf(event)) : undefined
    const [first, ...others] = [...this.#byKind.values()]
    this.#first = this.#common ?? (first as Channel)
    this.#others = others
  }

  get active(): boolean {
    if (this.#first.hasSubscribers) return true
    const others = this.#others
    for (let i = 0; i < others.length; i++) if (others[i]?.hasSubscribers) return true
    return false
  }
}

/** One for each event there is. Channels are the process's, so these may be, too. */
export const outlets: readonly Outlet[] = [...common.map((event) => new Outlet(event)), ...own()]

function own(): readonly Outlet[] {
  const kinds = new Map<string, string[]>()
  for (const [kind, names] of Object.entries(events)) {
    for (const event of names) kinds.set(event, [...(kinds.get(event) ?? []), kind])
  }
  return [...kinds].map(([event, of]) => new Outlet(event, of))
}
