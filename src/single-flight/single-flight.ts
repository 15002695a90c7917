/**
 * Single-flight: equal calls at the same time run once, and all get the one outcome.
 *
 * The first call with a key leads: its operation runs. Calls with the same key that come before it has settled wait for its
 * outcome. Nothing is kept after that. Calls without a key pass.
 */

import type { Call } from '../core/call/call.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import type { Flight } from '../core/flight.ts'
import { type FlightOwner, Flights } from '../core/flights.ts'
import { type Entry, type Hooks, type Scope, type Traits, WAIT } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { duration, functionOf, integer, optional, resolveOptions } from '../core/options.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { SingleFlightEvents } from './events.ts'

export interface SingleFlightOptions extends PolicyOptions {
  /** Which calls are equal: calls with the same key. `undefined`: the call runs on its own. Default: `call.key`. */
  readonly key?: (call: Call) => string | undefined
  /** A call joins only work that is younger, > 0: after that, the next call runs beside it. Default `Infinity`. */
  readonly maxAge?: Duration
  /** Keys at once: an integer >= 1. Calls with further keys run on their own. Default 10 000. */
  readonly maxKeys?: number
}

/** The state of a single-flight, as plain data. */
export interface SingleFlightSnapshot {
  /** Keys whose work runs. */
  readonly keys: number
  /** Calls that led, since the start. */
  readonly led: number
  /** Calls that joined, since the start. */
  readonly joined: number
  /** Flights that were given up because all members had left, since the start. */
  readonly abandoned: number
}

export interface SingleFlight extends Policy<unknown, never, unknown, SingleFlightEvents> {
  /** Keys whose work runs now. */
  readonly keys: number
  /** Calls that joined the work of another, since the start. */
  readonly joined: number
  snapshot(): SingleFlightSnapshot
}

/**
 * Runs equal calls at the same time once.
 *
 * ```ts
 * import { singleFlight } from 'holdfast/single-flight'
 * const once = singleFlight()
 * let runs = 0
 * const read = async () => ++runs
 * await Promise.all([once.execute(read, { key: 'user/1' }), once.execute(read, { key: 'user/1' })]) // => [1, 1]
 * ```
 *
 * @throws TypeError if an option is wrong.
 */
export function singleFlight(options?: SingleFlightOptions): SingleFlight {
  return new SingleFlightPolicy(
    resolveOptions('singleFlight', options, {
      ...policyChecks,
      key: optional(functionOf<KeyOf>(), undefined),
      maxAge: optional(duration('> 0', true), defaults.maxAge),
      maxKeys: optional(integer(1), defaults.maxKeys),
    }),
  )
}

type KeyOf = (call: Call) => string | undefined

interface SingleFlightSettings {
  readonly key: KeyOf | undefined
  readonly maxAge: Milliseconds
  readonly maxKeys: number
}

const defaults = Object.freeze({ maxAge: Number.POSITIVE_INFINITY, maxKeys: 10_000 })

class SingleFlightPolicy
  extends BasePolicy<unknown, never, unknown, SingleFlightEvents>
  implements SingleFlight, FlightOwner, Pick<Hooks, 'enter' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['lead', 'join', 'abandon']
  protected readonly options: SingleFlightSettings
  readonly #flights: Flights
  #led = 0
  #joined = 0
  #abandoned = 0

  constructor({
    key,
    maxAge,
    maxKeys,
    ...settings
  }: SingleFlightSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('singleFlight', settings)
    this.options = { key, maxAge, maxKeys }
    this.traits = { detaches: true, quiet: key === undefined }
    this.#flights = new Flights(this, maxAge)
  }

  override contribution(): Contribution {
    return { role: 'shares' }
  }

  get keys(): number {
    return this.#flights.size
  }

  get joined(): number {
    return this.#joined
  }

  snapshot(): SingleFlightSnapshot {
    return { keys: this.keys, led: this.#led, joined: this.#joined, abandoned: this.#abandoned }
  }

  enter(scope: Scope, index: number): Entry {
    const key = this.#keyOf(scope)
    if (key === undefined || scope.over) return undefined
    const flights = this.#flights
    const running = flights.find(key, scope)
    if (running?.includes(scope)) return undefined
    if (running !== undefined) {
      this.#join(running, scope, index)
      return WAIT
    }
    if (flights.size >= this.options.maxKeys && !flights.has(key)) return undefined
    this.#led++
    const flight = flights.open(key, scope, index)
    if (hasListeners(this.events, 'lead', scope)) emitForCall(this.events, 'lead', scope, { key })
    flight.start()
    return WAIT
  }

  #join(flight: Flight, scope: Scope, index: number): void {
    this.#joined++
    flight.join(scope, index)
    if (!hasListeners(this.events, 'join', scope)) return
    const { key, waiting } = flight
    emitForCall(this.events, 'join', scope, { key, waiting })
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    this.#flights.leave(scope, index, error, counts)
  }

  abandoned({ key }: Flight, by: Scope, error: unknown): void {
    this.#abandoned++
    if (hasListeners(this.events, 'abandon', by)) emitForCall(this.events, 'abandon', by, { key, error })
  }

  #keyOf(scope: Scope): string | undefined {
    const { key } = this.options
    if (key === undefined) return scope.key
    try {
      const given: unknown = key(scope)
      if (given === undefined || typeof given === 'string') return given
      ignoreRejection(given)
      this.events.fault('key', new TypeError('key must return a string or undefined'))
    } catch (error) {
      this.events.fault('key', error)
    }
    return undefined
  }
}
