/** What the functions among the options of a cache say about a call or a value. One that fails is a `fault`. */
import type { Call } from '../core/call/call.ts'
import { type Milliseconds, milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { show } from '../core/options.ts'
import type { Random } from '../core/random.ts'
import type { CacheSettings } from './options.ts'

export class CacheRules {
  readonly #options: CacheSettings
  readonly #events: Events

  constructor(options: CacheSettings, events: Events) {
    this.#options = options
    this.#events = events
  }

  /** The key of a call; undefined where it passes. */
  keyOf(call: Call): string | undefined {
    const { key } = this.#options
    if (key === undefined) return call.key
    try {
      const given = key(call)
      if (given === undefined || typeof given === 'string') return given
      this.#refuse('key', given, 'a string or undefined')
    } catch (error) {
      this.#events.fault('key', error)
    }
    return undefined
  }

  /** Whether a value is to be stored. Not where the function fails: it may have been asked to keep something out. */
  stores(value: unknown, call: Call): boolean {
    const { storeWhen } = this.#options
    if (storeWhen === undefined) return true
    try {
      const given = storeWhen(value, call)
      if (typeof given === 'boolean') return given
      this.#refuse('storeWhen', given, 'true or false')
    } catch (error) {
      this.#events.fault('storeWhen', error)
    }
    return false
  }

  /** How long a value is fresh; undefined where it could never be given, or the function fails. */
  ttlOf(value: unknown, call: Call | undefined, random: Random): Milliseconds | undefined {
    const { ttl, jitter, staleWhileRevalidate, staleIfError } = this.#options
    const full = typeof ttl === 'number' ? ttl : this.#asked(ttl, value, call)
    if (full === undefined || full + staleWhileRevalidate + staleIfError === 0) return undefined
    return jitter === 0 ? full : full * (1 - jitter * random())
  }

  #asked(ttl: Exclude<CacheSettings['ttl'], number>, value: unknown, call: Call | undefined): Milliseconds | undefined {
    try {
      const given = ttl(value, call)
      const ms = milliseconds(given)
      if (ms >= 0 && ms !== Number.POSITIVE_INFINITY) return ms
      this.#refuse('ttl', given, 'a duration >= 0')
    } catch (error) {
      this.#events.fault('ttl', error)
    }
    return undefined
  }

  #refuse(option: string, given: unknown, expected: string): void {
    ignoreRejection(given)
    this.#events.fault(option, new TypeError(`${option} must return ${expected}`))
  }
}

/** What the predicate of `invalidate` says about a key. */
export function chosen(given: unknown): boolean {
  if (typeof given === 'boolean') return given
  ignoreRejection(given)
  throw new TypeError(`cache: invalidate needs a function that returns true or false, got ${show(given)}`)
}
