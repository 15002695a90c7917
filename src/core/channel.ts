/**
 * The receivers of one event of one policy: listeners of users, and relays, by which a pipeline or a pool emits it too.
 *
 * Each event has its own emitter, so emitting needs no look-up by name. Relays run after the listeners, and `off(event)`
 * does not remove them. A relay may have a target without listeners: then the channel is inactive, and no payload is built.
 *
 * This is the only file that imports eventemitter3.
 */
import { EventEmitter } from 'eventemitter3'

export type Listener<Payload> = (payload: Payload) => unknown
export type AnyListener = Listener<never>

/** Passes an event of one policy on to another policy. */
export type Relay = (payload: never) => void

/** Whether an event has listeners at this moment. */
export interface Interest {
  readonly active: boolean
}

interface RelayEntry {
  readonly relay: Relay
  /** The listeners the relay leads to; undefined where it always wants the event. */
  readonly target: Interest | undefined
}

/** A listener of the user, as the emitter knows it. */
interface ListenerEntry {
  once: boolean
  readonly call: (payload: object) => void
}

const emitted = 'emitted'

export class Channel implements Interest {
  readonly #emitter = new EventEmitter()
  readonly #listeners = new Map<AnyListener, ListenerEntry>()
  /** Replaced, never changed in place: an event may be on its way. */
  #relays: readonly RelayEntry[] = []
  readonly #failed: (error: unknown) => void
  /** A listener, or a relay that always wants the event. */
  #alwaysActive = false
  /** The targets of the other relays. */
  #targets: readonly Interest[] = []

  /** `failed` gets what a relay throws. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** Whether it has listeners at this moment, its own or those of a relay's target. */
  get active(): boolean {
    return this.#alwaysActive || this.#anyTargetActive()
  }

  /** It has neither listeners nor relays. */
  get empty(): boolean {
    return this.#listeners.size === 0 && this.#relays.length === 0
  }

  /** The same listener twice is one listener. It is removed after one event only if both asked for that. `call` must not throw. */
  add(listener: AnyListener, once: boolean, call: (entry: { readonly once: boolean }, payload: object) => void): void {
    const already = this.#listeners.get(listener)
    if (already !== undefined) {
      already.once &&= once
      return
    }
    const entry: ListenerEntry = { once, call: (payload) => call(entry, payload) }
    this.#listeners.set(listener, entry)
    this.#emitter.on(emitted, entry.call)
    this.#alwaysActive = true
  }

  /** Without an argument: all listeners. */
  remove(listener: AnyListener | undefined): void {
    if (listener === undefined) {
      this.#listeners.clear()
      this.#emitter.removeAllListeners(emitted)
      this.#update()
      return
    }
    const entry = this.#listeners.get(listener)
    if (entry === undefined) return
    this.#listeners.delete(listener)
    this.#emitter.off(emitted, entry.call)
    this.#update()
  }

  /** `relay` runs only while `target` is active; without a target it always runs. */
  addRelay(relay: Relay, target: Interest | undefined): void {
    this.#relays = [...this.#relays, { relay, target }]
    this.#update()
  }

  removeRelay(relay: Relay): void {
    this.#relays = this.#relays.filter((other) => other.relay !== relay)
    this.#update()
  }

  #update(): void {
    this.#alwaysActive = this.#listeners.size > 0 || this.#relays.some(({ target }) => target === undefined)
    this.#targets = this.#relays.flatMap(({ target }) => target ?? [])
  }

  #anyTargetActive(): boolean {
    const targets = this.#targets
    for (let i = 0; i < targets.length; i++) if ((targets[i] as Interest).active) return true
    return false
  }

  emit(payload: object): void {
    const relays = this.#relays
    if (this.#listeners.size > 0) this.#emitter.emit(emitted, payload)
    for (let i = 0; i < relays.length; i++) {
      const entry = relays[i] as RelayEntry
      if (entry.target?.active === false) continue
      // An earlier receiver may have removed this relay: then it gets nothing more.
      if (relays !== this.#relays && !this.#relays.includes(entry)) continue
      try {
        entry.relay(payload as never)
      } catch (error) {
        this.#failed(error)
      }
    }
  }
}
