/**
 * Events that can never break a call.
 *
 * A listener that throws or rejects is reported as the event `fault`, and later listeners still run. Without a listener to
 * `fault`, the first fault of each source is printed once. A payload is built only for an event with listeners, and a channel
 * is made by the first `on`, so a policy without listeners has none.
 *
 * Invariant: an event has a channel exactly while it has a listener or a relay.
 */

import { type AnyListener, Channel, type Interest, type Listener, type Relay } from './channel.ts'
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
import { ignoreRejection } from './ignore-rejection.ts'
import { show } from './options.ts'

/** What every payload has. */
export interface EventBase {
  /** The name of the policy the event comes from. */
  readonly policy: string
  /** Its kind: the name of its factory. */
  readonly kind: string
  /** Wall time in milliseconds since the epoch: a label, not for arithmetic. */
  readonly at: Milliseconds
  /** Monotonic time, the policy's `clock.now()`. */
  readonly time: Milliseconds
  /** The pool whose member's guard the event comes from. */
  readonly pool?: string
  /** The member whose guard the event comes from. */
  readonly member?: string
}

/** Payload of `fault`: a listener or a function of the user failed, and the call went on. */
export interface FaultEvent extends EventBase {
  /** What failed: `'listener:<event>'`, or the name of the option. */
  readonly source: string
  readonly error: unknown
}

/** Payload of `call`: one whole call, as its caller saw it. */
export interface CallEvent extends EventBase {
  readonly duration: Milliseconds
  /** The call gave a value that no policy judged a failure. */
  readonly ok: boolean
  /** The caller aborted it, so it counts neither way. */
  readonly ignored: boolean
  /** How often the operation was invoked. */
  readonly attempts: number
  /** The first try succeeded. */
  readonly first: boolean
  /** The policy that turned a first failure into a success. */
  readonly savedBy: string | undefined
  /** `chaos` injected something into the call. Absent otherwise. */
  readonly injected?: true
}

/** Events every policy has. */
export interface BaseEvents {
  /** Each outermost call that ended. Built only while it has listeners. */
  call: CallEvent
  /** A listener, or a function given as an option, failed, and the call went on. */
  fault: FaultEvent
}

/**
 * Called at the end of each outermost call, with the fields of `call` but no times: cheaper, for counters.
 * `excluded`: `chaos` injected something, so the call says nothing about the dependency.
 */
export type CallCounter = (
  ok: boolean,
  ignored: boolean,
  attempts: number,
  first: boolean,
  savedBy: string | undefined,
  excluded: boolean,
) => void

export type { Interest, Listener } from './channel.ts'

/** The policy or tracker whose events these are. */
export interface EventsOwner {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
  /**
   * Called when an event gets its first listener or relay, and when it loses the last one. `interest` says at any moment
   * whether the event has listeners.
   */
  demand?(event: string, wanted: boolean, interest: Interest): void
}

const warned = new Set<string>()

/** Prints a warning the first time it is given. Every text is kept, so there must be few different ones. */
export function warnOnce(text: string): void {
  if (warned.has(text)) return
  warned.add(text)
  try {
    console.warn(`holdfast: ${text}`)
  } catch {
    // A console that throws must not reach the program either.
  }
}

export class Events {
  readonly #owner: EventsOwner
  #channels: Map<string, Channel> | undefined = undefined
  #callChannel: Channel | undefined = undefined
  #successChannel: Channel | undefined = undefined
  /** Usually none or one. Replaced, never changed in place: a call may be ending. */
  counters: readonly CallCounter[] | undefined = undefined
  #warned: Set<string> | undefined = undefined

  constructor(owner: EventsOwner) {
    this.#owner = owner
  }

  /** Whether any event has a listener or relay, or calls are counted. */
  get active(): boolean {
    return this.counters !== undefined || (this.#channels !== undefined && this.#channels.size > 0)
  }

  /** Whether `event` has listeners at this moment, also through a pipeline or pool. */
  hasListeners(event: string): boolean {
    return this.#channels?.get(event)?.active === true
  }

  /** The channels of the two events that may be emitted on every call, while they have listeners: found without a look-up. */
  get call(): Channel | undefined {
    const channel = this.#callChannel
    return channel?.active ? channel : undefined
  }

  get success(): Channel | undefined {
    const channel = this.#successChannel
    return channel?.active ? channel : undefined
  }

  on(event: string, listener: AnyListener): void {
    this.#add(event, listener, false)
  }

  once(event: string, listener: AnyListener): void {
    this.#add(event, listener, true)
  }

  /** Without a listener: removes all that were added by `on` and `once`. */
  off(event: string, listener?: AnyListener): void {
    const channel = this.#channels?.get(event)
    if (channel === undefined) return
    channel.remove(listener)
    this.#dropIfEmpty(event, channel)
  }

  /** Another policy emits `event` as its own. While `target`, its listeners, is not active, no payload is built here. */
  addRelay(event: string, relay: Relay, target?: Interest): void {
    const known = this.#channels?.get(event)
    const channel = known ?? this.#channel(event)
    channel.addRelay(relay, target)
    if (known === undefined) this.#addChannel(event, channel)
  }

  removeRelay(event: string, relay: Relay): void {
    const channel = this.#channels?.get(event)
    if (channel === undefined) return
    channel.removeRelay(relay)
    this.#dropIfEmpty(event, channel)
  }

  /** Whether the end of a call has a listener or counter. */
  get reportsCallEnds(): boolean {
    return this.call !== undefined || this.counters !== undefined
  }

  addCounter(counter: CallCounter): void {
    this.counters = [...(this.counters ?? []), counter]
  }

  removeCounter(counter: CallCounter): void {
    const left = this.counters?.filter((other) => other !== counter)
    this.counters = left?.length ? left : undefined
  }

  /** The payload of an event with only the fields of every payload. */
  basePayload(time: Milliseconds): EventBase {
    const { name: policy, kind, clock } = this.#owner
    return { policy, kind, at: clock.wall(time), time }
  }

  /**
   * Emits `details` with the fields of every payload. Ask `hasListeners` first, so that no payload is built in vain.
   * Pass `time` if you have read the clock already.
   */
  emit(event: string, details: object, time?: Milliseconds): void {
    this.relay(event, this.payload(details, time))
  }

  payload(details: object, time: Milliseconds = this.#owner.clock.now()): EventBase {
    const { name, kind, clock } = this.#owner
    return { policy: name, kind, at: clock.wall(time), time, ...details }
  }

  /** Emits a payload that is complete already. */
  relay(event: string, payload: object): void {
    this.#channels?.get(event)?.emit(payload)
  }

  /** Reports that a listener or function of the user failed. */
  fault(source: string, error: unknown): void {
    if (this.hasListeners('fault')) this.emit('fault', { source, error })
    else this.#warn(source, error)
  }

  #add(event: string, listener: AnyListener, once: boolean): void {
    if (typeof listener !== 'function') {
      throw new TypeError(`${this.#owner.kind}: listener must be a function, got ${show(listener)}`)
    }
    const known = this.#channels?.get(event)
    const channel = known ?? this.#channel(event)
    channel.add(listener, once, (entry, payload) => {
      if (entry.once) this.off(event, listener)
      this.#call(event, listener as Listener<object>, payload)
    })
    if (known === undefined) this.#addChannel(event, channel)
  }

  #channel(event: string): Channel {
    return new Channel((error) => this.#listenerFault(event, error))
  }

  #addChannel(event: string, channel: Channel): void {
    this.#channels ??= new Map()
    this.#channels.set(event, channel)
    this.#cache(event, channel)
    this.#owner.demand?.(event, true, channel)
  }

  #dropIfEmpty(event: string, channel: Channel): void {
    if (!channel.empty) return
    this.#channels?.delete(event)
    this.#cache(event, undefined)
    this.#owner.demand?.(event, false, channel)
  }

  #cache(event: string, channel: Channel | undefined): void {
    if (event === 'call') this.#callChannel = channel
    if (event === 'success') this.#successChannel = channel
  }

  #call(event: string, listener: Listener<object>, payload: object): void {
    try {
      const result = listener(payload)
      if (result !== undefined) ignoreRejection(result, (error) => this.#listenerFault(event, error))
    } catch (error) {
      this.#listenerFault(event, error)
    }
  }

  #listenerFault(event: string, error: unknown): void {
    // A listener to `fault` that fails would get its own fault without end.
    if (event === 'fault') this.#warn('listener:fault', error)
    else this.fault(`listener:${event}`, error)
  }

  #warn(source: string, error: unknown): void {
    this.#warned ??= new Set()
    if (this.#warned.has(source)) return
    this.#warned.add(source)
    try {
      console.warn(`holdfast: ${this.#owner.kind} ${JSON.stringify(this.#owner.name)}: ${source} failed`, error)
    } catch {
      // A console that throws must not reach the call either.
    }
  }
}
