/**
 * The channels of one event: one for each kind of policy that emits it.
 *
 * It is active while one of its channels has subscribers, so that policies build no payload without a reader.
 */
import type { EventBase, Interest } from '../../core/events.ts'
import { channelName, commonEvents, policyEvents } from './channel-names.ts'
import { type Channel, channel } from './channels.ts'

export class EventChannels implements Interest {
  readonly event: string
  readonly #byKind = new Map<string, Channel>()
  readonly #common: Channel | undefined
  /** The same channels as a list: `active` is asked often. */
  readonly #channels: Channel[] = []
  readonly publish = (payload: EventBase): void => {
    // A channel without subscribers does nothing. Node keeps what subscribers throw from the publisher.
    const channel = this.#byKind.get(payload.kind) ?? this.#common
    channel?.publish(payload)
  }

  /** `common`: an event of every policy, with one channel for all kinds. */
  constructor(event: string, common = false) {
    this.event = event
    this.#common = common ? channel(channelName(event)) : undefined
    if (this.#common !== undefined) this.#channels.push(this.#common)
  }

  get active(): boolean {
    const channels = this.#channels
    for (let i = 0; i < channels.length; i++) if (channels[i]?.hasSubscribers) return true
    return false
  }

  addKind(kind: string): void {
    if (this.#common !== undefined || this.#byKind.has(kind)) return
    const added = channel(channelName(this.event, kind))
    this.#byKind.set(kind, added)
    this.#channels.push(added)
  }
}

/** By event. Channels belong to the process, so these may, too. */
const known = new Map<string, EventChannels>(commonEvents.map((event) => [event, new EventChannels(event, true)]))
for (const [kind, events] of Object.entries(policyEvents)) addChannels(kind, events)

/** Makes channels for a kind that has none yet. */
export function addChannels(kind: string, events: readonly string[]): void {
  for (const event of events) {
    const channels = known.get(event) ?? new EventChannels(event)
    known.set(event, channels)
    channels.addKind(kind)
  }
}

export function allChannels(): readonly EventChannels[] {
  return [...known.values()]
}
