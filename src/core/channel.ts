/**
 * Who hears one event of one source: listeners of users, and sources that pass it on as their own.
 *
 * Each event has an emitter of its own, so that telling it needs no look-up by name. What passes an event on comes after
 * the listeners, and is not a listener: `off(event)` does not end it. It may be there though nobody hears it: then the channel
 * sleeps, and nothing is built for it.
 *
 * This is the only file that imports eventemitter3.
 */
import { EventEmitter } from 'eventemitter3'

export type Listener<Payload> = (payload: Payload) => unknown
export type AnyListener = Listener<never>

/** Takes an event of one source on as one of another. */
export type Relay = (payload: never) => void

/** Whether anybody hears what a relay passes on, at this moment. */
export interface Interest {
  readonly active: boolean
}

interface Relayed {
  readonly relay: Relay
  /** Undefined where it always hears. */
  readonly above: Interest | undefined
}

/** A listener of the user's, as the emitter knows it. */
interface Guarded {
  once: boolean
  readonly call: (payload: object) => void
}

const told = 'told'

export class Channel implements Interest {
  readonly #emitter = new EventEmitter()
  readonly #listeners = new Map<AnyListener, Guarded>()
  /** Never changed in place, as an event may be on its way. */
  #relays: readonly Relayed[] = []
  readonly #failed: (error: unknown) => void
  /** Somebody hears it at any moment. */
  #surely = false
  /** Who may hear it, where nobody surely does. */
  #above: readonly Interest[] = []

  /** `failed` is told of a relay that throws. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** Whether anybody hears it at this moment. */
  get active(): boolean {
    return this.#surely || this.#perhaps()
  }

  /** Nobody hears it, or might. */
  get quiet(): boolean {
    return this.#listeners.size === 0 && this.#relays.length === 0
  }

  /** The same listener twice is one listener, and stays where either asked for that. `call` must not throw. */
  add(
    listener: AnyListener,
    once: boolean,
    call: (guarded: { readonly once: boolean }, payload: object) => void,
  ): void {
    const already = this.#listeners.get(listener)
    if (already !== undefined) {
      already.once &&= once
      return
    }
    const guarded: Guarded = { once, call: (payload) => call(guarded, payload) }
    this.#listeners.set(listener, guarded)
    this.#emitter.on(told, guarded.call)
    this.#surely = true
  }

  /** Without a listener: all of them. */
  remove(listener: AnyListener | undefined): void {
    if (listener === undefined) {
      this.#listeners.clear()
      this.#emitter.removeAllListeners(told)
      this.#count()
      return
    }
    const guarded = this.#listeners.get(listener)
    if (guarded === undefined) return
    this.#listeners.delete(listener)
    this.#emitter.off(told, guarded.call)
    this.#count()
  }

  /** Passes events on only while `above` is active, where that is given. */
  addRelay(relay: Relay, above: Interest | undefined): void {
    this.#relays = [...this.#relays, { relay, above }]
    this.#count()
  }

  removeRelay(relay: Relay): void {
    this.#relays = this.#relays.filter((other) => other.relay !== relay)
    this.#count()
  }

  #count(): void {
    this.#surely = this.#listeners.size > 0 || this.#relays.some(({ above }) => above === undefined)
    this.#above = this.#relays.flatMap(({ above }) => above ?? [])
  }

  #perhaps(): boolean {
    const above = this.#above
    for (let i = 0; i < above.length; i++) if ((above[i] as Interest).active) return true
    return false
  }

  emit(payload: object): void {
    const relays = this.#relays
    if (this.#listeners.size > 0) this.#emitter.emit(told, payload)
    for (let i = 0; i < relays.length; i++) {
      const relayed = relays[i] as Relayed
      if (relayed.above?.active === false) continue
      // Who was taken back by one that was told before must hear nothing more.
      if (relays !== this.#relays && !this.#relays.includes(relayed)) continue
      try {
        relayed.relay(payload as never)
      } catch (error) {
        this.#failed(error)
      }
    }
  }
}
