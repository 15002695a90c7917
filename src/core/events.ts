/**
 * Events that can never hurt a call.
 *
 * A listener that throws or rejects is reported as the event `fault` and later listeners still run. Where nobody listens
 * to `fault` the first one of each source is printed once. A payload is built only where somebody listens,
 * and the emitter itself is made by the first `on`, so a policy without listeners carries none.
 *
 * This is the only file that imports eventemitter3.
 */
import { EventEmitter } from 'eventemitter3'
import { absorb } from './absorb.ts'
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
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

export type Listener<Payload> = (payload: Payload) => unknown
type AnyListener = Listener<never>

/** A listener of the user's, as the emitter knows it. */
interface Guarded {
  once: boolean
  readonly call: Listener<object>
}

/** Who the events come from. */
export interface Source {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
}

/** Told when the first listener to an event comes and when the last one goes. */
export type Demand = (event: string, wanted: boolean) => void

export class Events {
  readonly #source: Source
  readonly #demand: Demand | undefined
  #emitter: EventEmitter | undefined = undefined
  #wrapped: Map<string, Map<AnyListener, Guarded>> | undefined = undefined
  /** The events somebody listens to. */
  #wanted: Set<string> | undefined = undefined
  /** Whether somebody listens to `call`, and to `success`: asked on every call, so they need no look-up. */
  hearsCall = false
  hearsSuccess = false
  #warned: Set<string> | undefined = undefined

  constructor(source: Source, demand?: Demand) {
    this.#source = source
    this.#demand = demand
  }

  /** Whether anybody listens to `event`. */
  wants(event: string): boolean {
    return this.#wanted?.has(event) === true
  }

  on(event: string, listener: AnyListener): void {
    this.#add(event, listener, false)
  }

  once(event: string, listener: AnyListener): void {
    this.#add(event, listener, true)
  }

  off(event: string, listener?: AnyListener): void {
    const wrapped = this.#wrapped?.get(event)
    if (wrapped === undefined) return
    if (listener === undefined) {
      wrapped.clear()
      this.#emitter?.removeAllListeners(event)
    } else {
      const guarded = wrapped.get(listener)
      if (guarded === undefined) return
      wrapped.delete(listener)
      this.#emitter?.off(event, guarded.call)
    }
    if (wrapped.size > 0) return
    this.#wanted?.delete(event)
    this.#heard(event, false)
    this.#demand?.(event, false)
  }

  /**
   * Emits `details` with the fields of every payload. Ask `wants` first, so that nothing is built for nobody.
   * `time` is for those who have read the clock already.
   */
  emit(event: string, details: object, time: Milliseconds = this.#source.clock.now()): void {
    const { name, kind, clock } = this.#source
    this.relay(event, { policy: name, kind, at: clock.wall(time), time, ...details })
  }

  /** Emits a payload that is complete already. */
  relay(event: string, payload: object): void {
    this.#emitter?.emit(event, payload)
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
    const first = !this.wants(event)
    this.#emitter ??= new EventEmitter()
    this.#wrapped ??= new Map()
    let wrapped = this.#wrapped.get(event)
    if (wrapped === undefined) {
      wrapped = new Map()
      this.#wrapped.set(event, wrapped)
    }
    const already = wrapped.get(listener)
    if (already !== undefined) {
      // The same listener twice is one listener, and stays where either asked for that.
      already.once &&= once
      return
    }
    const guarded: Guarded = {
      once,
      call: (payload) => {
        if (guarded.once) this.off(event, listener)
        this.#call(event, listener as Listener<object>, payload)
      },
    }
    wrapped.set(listener, guarded)
    this.#emitter.on(event, guarded.call)
    if (!first) return
    this.#wanted ??= new Set()
    this.#wanted.add(event)
    this.#heard(event, true)
    this.#demand?.(event, true)
  }

  #heard(event: string, wanted: boolean): void {
    if (event === 'call') this.hearsCall = wanted
    if (event === 'success') this.hearsSuccess = wanted
  }

  #call(event: string, listener: Listener<object>, payload: object): void {
    try {
      const result = listener(payload)
      if (result !== undefined) absorb(result, (error) => this.#listenerFault(event, error))
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
