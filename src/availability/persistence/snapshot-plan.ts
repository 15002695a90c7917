/**
 * When a snapshot is due: from time to time, after many records, and at once where records were lost, because it makes up
 * for them. One that failed is tried again after growing waits, and records are still written in between.
 */

/** The wait after so many failures in a row, in ms. */
export function waitAfter(failures: number): number {
  return Math.min(60_000, 1000 * 2 ** (failures - 1))
}

/** This number of records makes a snapshot due, whatever the time. */
const many = 10_000

export class SnapshotPlan {
  readonly #every: number
  #next = 0
  #uncovered = 0
  #failures = 0
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(every: number) {
    this.#every = every
  }

  get failing(): boolean {
    return this.#failures > 0
  }

  begin(now: number): void {
    this.#next = now + this.#every
  }

  /** `count` more records are in the store that no snapshot covers. */
  wrote(count: number): void {
    this.#uncovered += count
  }

  /** It is due at once, and again until there is one. */
  hurry(): void {
    this.#uncovered++
    this.#next = Number.NEGATIVE_INFINITY
  }

  /** `lost` where only a snapshot makes up for what is lost, `pressed` where a caller waits for it. */
  isDue(now: number, lost: boolean, pressed: boolean): boolean {
    if (lost) return pressed || now >= this.#notBefore
    return now >= this.#notBefore && this.#uncovered > 0 && (now >= this.#next || this.#uncovered >= many)
  }

  taken(now: number): void {
    this.#uncovered = 0
    this.#failures = 0
    this.#next = now + this.#every
  }

  failed(now: number): void {
    this.#failures++
    this.#notBefore = now + waitAfter(this.#failures)
  }
}
