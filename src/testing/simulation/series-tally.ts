/** Counts calls and requests over the course of a simulation, in slices of equal length. */
import type { Milliseconds } from '../../core/duration.ts'
import type { SimulationSlice } from './results.ts'

/** The counts of one slice; requests by the member's index. */
interface SliceCounts {
  calls: number
  ok: number
  readonly first: number[]
  readonly all: number[]
}

export class SeriesTally {
  readonly #every: Milliseconds
  readonly #members: readonly string[]
  readonly #slices: SliceCounts[] = []

  constructor(every: Milliseconds, members: readonly string[]) {
    this.#every = every
    this.#members = members
  }

  call(now: Milliseconds): void {
    this.#at(now).calls++
  }

  /** The call that came at this time has resolved. */
  resolved(came: Milliseconds): void {
    this.#at(came).ok++
  }

  /** A request was sent to the member of this index. */
  attempt(member: number, first: boolean, now: Milliseconds): void {
    const slice = this.#at(now)
    slice.all[member] = (slice.all[member] as number) + 1
    if (first) slice.first[member] = (slice.first[member] as number) + 1
  }

  slices(): readonly SimulationSlice[] {
    const named = (counts: readonly number[]): Record<string, number> =>
      Object.fromEntries(this.#members.map((name, i) => [name, counts[i] as number]))
    return this.#slices.map(({ calls, ok, first, all }, index) => ({
      from: index * this.#every,
      calls,
      ok,
      attempts: named(all),
      firstAttempts: named(first),
    }))
  }

  #at(now: Milliseconds): SliceCounts {
    const index = Math.floor(now / this.#every)
    while (this.#slices.length <= index) {
      const zeros = this.#members.map(() => 0)
      this.#slices.push({ calls: 0, ok: 0, first: zeros, all: [...zeros] })
    }
    return this.#slices[index] as SliceCounts
  }
}
