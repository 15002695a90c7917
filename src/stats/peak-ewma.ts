/**
 * A mean over time that rises at once and falls slowly (Finagle's peak EWMA).
 *
 * A sample above the mean replaces it; else `mean = mean * w + sample * (1 - w)` with `w = exp(-elapsed / decay)`. Read
 * later, the mean has faded by the same rule, as if samples of 0 had come.
 */
export class PeakEwma {
  readonly #decay: number
  #mean = 0
  #at = 0

  constructor(decay: number) {
    this.#decay = decay
  }

  add(sample: number, now: number): void {
    // A clock that steps back makes no weight above 1.
    const weight = Math.exp(-Math.max(0, now - this.#at) / this.#decay)
    this.#mean = sample > this.#mean ? sample : this.#mean * weight + sample * (1 - weight)
    this.#at = now
  }

  at(now: number): number {
    const elapsed = now - this.#at
    return this.#mean === 0 || elapsed <= 0 ? this.#mean : this.#mean * Math.exp(-elapsed / this.#decay)
  }
}
