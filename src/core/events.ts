/**
 * Events that can never hurt a call.
 *
 * A listener that throws or rejects is reported as the event `fault` and later listeners still run. Where nobody listens
 * to `fault` the first one of each source is printed once. A payload is built only where somebody listens,
 * and a channel is made by the first `on`, so a policy without listeners carries none.
 *
 * Invariant: there is a channel for an event exactly while somebody hears it, or passes it on to who may.
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

/** Payload of `fault`: a listener or a function of the user's failed, and was contained. */
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
  /** The caller gave it up, so it counts neither way. */
  readonly ignored: boolean
  /** How often the operation was invoked. */
  readonly attempts: number
  /** The first try succeeded. */
  readonly first: boolean
  /** The policy that made a call good which was not good at first. */
  readonly savedBy: string | undefined
}

/** Events every policy has. */
export interface BaseEvents {
  /** Each outermost call that ended. Built only while somebody listens. */
  call: CallEvent
  /** A listener, or a function given as an option, failed and was contained. */
  fault: FaultEvent
}

/** Told the end of each outermost call, as `call` tells it but for the times: for those who only count. */
export type CallCounter = (
  ok: boolean,
  ignored: boolean,
  attempts: number,
  first: boolean,
  savedBy: string | undefined,
) => void

export type { Interest, Listener } from './channel.ts'

/** Who the events come from. */
export interface Source {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
  /**
   * Told when the first listener to an event comes and when the last one goes; `heard` says whether one of them hears it
   * at a moment.
   */
  demand?(event: string, wanted: boolean, heard: Interest): void
}

const said = new Set<string>()

/** Prints what a program should be told about itself, once however often it comes. `text` must be one of few. */
export function advise(text: string): void {
  if (said.has(text)) return
  said.add(text)
  try {
    console.warn(`holdfast: ${text}`)
  } catch {
    // A console that throws must not reach the program either.
  }
}

export class Events {
  readonly #source: Source
  #channels: Map<string, Channel> | undefined = undefined
  #callChannel: Channel | undefined = undefined
  #successChannel: Channel | undefined = undefined
  /** Who counts calls. Nearly always nobody or one; never changed in place, as a call may be ending. */
  counters: readonly CallCounter[] | undefined = undefined
  #warned: Set<string> | undefined = undefined

  constructor(source: Source) {
    this.#source = source
  }

  /** Whether anybody hears any event, or counts calls. */
  get heard(): boolean {
    return this.counters !== undefined || (this.#channels !== undefined && this.#channels.size > 0)
  }

  /** Whether anybody hears `event`. */
  wants(event: string): boolean {
    return this.#channels?.get(event)?.active === true
  }

  /** The channels of the two events that may be told on every call, while anybody hears them: asking needs no look-up. */
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

  /** Without a listener: all that were added by `on` and `once`. */
  off(event: string, listener?: AnyListener): void {
    const channel = this.#channels?.get(event)
    if (channel === undefined) return
    channel.remove(listener)
    this.#left(event, channel)
  }

  /** Another source passes `event` on as its own; while nobody hears it there (`above`), nothing is built here. */
  addRelay(event: string, relay: Relay, above?: Interest): void {
    const known = this.#channels?.get(event)
    const channel = known ?? this.#channel(event)
    channel.addRelay(relay, above)
    if (known === undefined) this.#opened(event, channel)
  }

  removeRelay(event: string, relay: Relay): void {
    const channel = this.#channels?.get(event)
    if (channel === undefined) return
    channel.removeRelay(relay)
    this.#left(event, channel)
  }

  /** Whether the end of a call is to be told to anybody. */
  get followsCalls(): boolean {
    return this.call !== undefined || this.counters !== undefined
  }

  addCounter(counter: CallCounter): void {
    this.counters = [...(this.counters ?? []), counter]
  }

  removeCounter(counter: CallCounter): void {
    const left = this.counters?.filter((other) => other !== counter)
    this.counters = left?.length ? left : undefined
  }

  /** The payload of an event that has nothing but the fields of every payload. */
  plain(time: Milliseconds): EventBase {
    const { name: policy, kind, clock } = this.#source
    return { policy, kind, at: clock.wall(time), time }
  }

  /**
   * Emits `details` with the fields of every payload. Ask `wants` first, so that nothing is built for nobody.
   * `time` is for those who have read the clock already.
   */
  emit(event: string, details: object, time?: Milliseconds): void {
    this.relay(event, this.payload(details, time))
  }

  payload(details: object, time: Milliseconds = this.#source.clock.now()): EventBase {
    const { name, kind, clock } = this.#source
    return { policy: name, kind, at: clock.wall(time), time, ...details }
  }

  /** Emits a payload that is complete already. */
  relay(event: string, payload: object): void {
    this.#channels?.get(event)?.emit(payload)
  }

  /** Reports that something of the user's failed. */
  fault(source: string, error: unknown): void {
    if (this.wants('fault')) this.emit('fault', { source, error })
    else this.#warn(source, error)
  }

  #add(event: string, listener: AnyListener, once: boolean): void {
    if (typeof listener !== 'function') {
      throw new TypeError(`${this.#source.kind}: listener must be a function, got ${show(listener)}`)
    }
    const known = this.#channels?.get(event)
    const channel = known ?? this.#channel(event)
    channel.add(listener, once, (guarded, payload) => {
      if (guarded.once) this.off(event, listener)
      this.#call(event, listener as Listener<object>, payload)
    })
    if (known === undefined) this.#opened(event, channel)
  }

  #channel(event: string): Channel {
    return new Channel((error) => this.#listenerFault(event, error))
  }

  #opened(event: string, channel: Channel): void {
    this.#channels ??= new Map()
    this.#channels.set(event, channel)
    this.#keep(event, channel)
    this.#source.demand?.(event, true, channel)
  }

  #left(event: string, channel: Channel): void {
    if (!channel.quiet) return
    this.#channels?.delete(event)
    this.#keep(event, undefined)
    this.#source.demand?.(event, false, channel)
  }

  #keep(event: string, channel: Channel | undefined): void {
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
    // A listener to `fault` that fails would be told of its own fault for ever.
    if (event === 'fault') this.#warn('listener:fault', error)
    else this.fault(`listener:${event}`, error)
  }

  #warn(source: string, error: unknown): void {
    this.#warned ??= new Set()
    if (this.#warned.has(source)) return
    this.#warned.add(source)
    try {
      console.warn(`holdfast: ${this.#source.kind} ${JSON.stringify(this.#source.name)}: ${source} failed`, error)
    } catch {
      // A console that throws must not reach the call either.
    }
  }
}
