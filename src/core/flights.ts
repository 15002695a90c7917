/**
 * Flights by key: equal calls that come while one of them runs wait for its work.
 *
 * Invariant: the table holds a flight exactly while a call may join it: it runs, and no younger flight has replaced it.
 */
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
import { Flight, FlightMember, type FlightTable } from './flight.ts'
import type { Scope } from './hooks.ts'

/** The policy whose calls share work. */
export interface FlightOwner {
  readonly name: string
  readonly clock: Clock
  /** All members of a flight have left, so its work was given up; `by` is the call of the last one. */
  abandoned(flight: Flight, by: Scope, error: unknown): void
}

export class Flights implements FlightTable {
  readonly #owner: FlightOwner
  readonly #flights = new Map<string, Flight>()
  readonly #maxAge: Milliseconds

  /** A flight takes members only while it is younger than `maxAge`. */
  constructor(owner: FlightOwner, maxAge: Milliseconds) {
    this.#owner = owner
    this.#maxAge = maxAge
  }

  get name(): string {
    return this.#owner.name
  }

  get clock(): Clock {
    return this.#owner.clock
  }

  /** Flights that calls may join. */
  get size(): number {
    return this.#flights.size
  }

  /** The flight that a call with this key joins. */
  find(key: string, scope: Scope): Flight | undefined {
    const flight = this.#flights.get(key)
    if (flight === undefined || this.#maxAge === Number.POSITIVE_INFINITY) return flight
    return scope.now(this.clock) - flight.since < this.#maxAge ? flight : undefined
  }

  /** Whether a flight of this key would replace one. */
  has(key: string): boolean {
    return this.#flights.has(key)
  }

  /** A flight led by this call, to be started. It takes the place of an older one with the same key. */
  open(key: string, leader: Scope, index: number): Flight {
    const since = this.#maxAge === Number.POSITIVE_INFINITY ? 0 : leader.now(this.clock)
    const flight = new Flight(this, key, leader, index, since)
    this.#flights.set(key, flight)
    return flight
  }

  /** The call was given up: it leaves the flight it waits for, if it does. */
  leave(scope: Scope, index: number, error: unknown, counts: boolean): void {
    const member = scope.noteOf(index)
    if (member instanceof FlightMember) member.flight.leave(member, error, counts)
  }

  closed(flight: Flight): void {
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key)
  }

  abandoned(flight: Flight, by: Scope, error: unknown): void {
    this.#owner.abandoned(flight, by, error)
  }
}
