/**
 * A queue of candidates by deadline: each pick takes the earliest, and moves it 1 / weight further back.
 *
 * Invariant: `#heap` is a binary heap by (deadline, order) with one entry for each candidate of `#list`. No deadline in it is
 * before `#current`, that of the last pick: a new or returning candidate starts at the present, without arrears.
 */
import type { Random } from '../../core/random.ts'
import { PerCandidate } from './per-candidate.ts'
import type { Candidate } from './selection.ts'

interface DeadlineEntry {
  readonly candidate: Candidate
  deadline: number
  /** The distance between its deadlines at present. */
  period: number
  /** A running number: among equal deadlines the first one queued goes first. */
  order: number
}

/** Sums of 1 / weight that should be equal may differ by rounding. */
const tolerance = 1e-9

export class Deadlines {
  readonly #random: Random
  readonly #weight: (candidate: Candidate) => number
  readonly #entries = new PerCandidate<DeadlineEntry>((candidate) => ({
    candidate,
    deadline: Number.NEGATIVE_INFINITY,
    period: 1,
    order: 0,
  }))
  #list: readonly Candidate[] | undefined = undefined
  #heap: DeadlineEntry[] = []
  #current = 0
  #order = 0

  constructor(random: Random, weight: (candidate: Candidate) => number) {
    this.#random = random
    this.#weight = weight
  }

  /** The candidate whose turn it is, of those not in `except`. */
  first(list: readonly Candidate[], except?: readonly Candidate[]): Candidate | undefined {
    if (list !== this.#list) this.#switchTo(list)
    const heap = this.#heap
    let index = 0
    if (except !== undefined) {
      index = -1
      for (let i = 0; i < heap.length; i++) {
        const entry = heap[i] as DeadlineEntry
        if (!except.includes(entry.candidate) && (index === -1 || before(entry, heap[index] as DeadlineEntry)))
          index = i
      }
      if (index === -1) return undefined
    }
    const entry = heap[index] as DeadlineEntry
    if (except === undefined) this.#current = entry.deadline
    entry.period = this.#periodOf(entry.candidate)
    entry.deadline = Math.max(entry.deadline, this.#current) + entry.period
    entry.order = this.#order++
    this.#down(index)
    return entry.candidate
  }

  /** Weights have changed: scales what is left of each wait, which would otherwise follow the old weights for long. */
  reweigh(): void {
    for (const entry of this.#heap) {
      const period = this.#periodOf(entry.candidate)
      if (entry.deadline < this.#current) {
        entry.deadline = this.#current + (1 - this.#random()) * period
        entry.order = this.#order++
      } else entry.deadline = this.#current + ((entry.deadline - this.#current) * period) / entry.period
      entry.period = period
    }
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i)
  }

  #periodOf(candidate: Candidate): number {
    return 1 / (this.#weight(candidate) * candidate.warmth)
  }

  #switchTo(list: readonly Candidate[]): void {
    this.#list = list
    this.#heap = [...this.#entries.at(list)]
    this.reweigh()
  }

  #down(from: number): void {
    const heap = this.#heap
    const entry = heap[from] as DeadlineEntry
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as DeadlineEntry, heap[child] as DeadlineEntry)) child++
      if (!before(heap[child] as DeadlineEntry, entry)) break
      heap[index] = heap[child] as DeadlineEntry
      index = child
    }
    heap[index] = entry
  }
}

function before(a: DeadlineEntry, b: DeadlineEntry): boolean {
  const apart = a.deadline - b.deadline
  return Math.abs(apart) <= tolerance * Math.max(1, Math.abs(a.deadline)) ? a.order < b.order : apart < 0
}
