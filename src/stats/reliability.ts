/**
 * The share of recent tries that went well, as an exponential mean that forgets.
 *
 * `share += alpha * (outcome - share)`; while nothing is heard the share drifts back to 1, `1 - (1 - share) * exp(-t / tau)`,
 * so that who was avoided is tried again. Never below `least`, so that 1 / share stays a number to reckon with.
 */
const alpha = 0.2
const tau = 10_000
const least = 0.02

export class Reliability {
  /** What is missing to 1, and when that was known. */
  #missing = 0
  #at = 0

  add(good: boolean, now: number): void {
    if (good && this.#missing === 0) return
    const missing = 1 - this.at(now)
    this.#missing = missing + alpha * ((good ? 0 : 1) - missing)
    // Else it would never be quite 1 again, and each look at it would cost an exponential.
    if (this.#missing < 0.001) this.#missing = 0
    this.#at = now
  }

  at(now: number): number {
    if (this.#missing === 0) return 1
    const elapsed = now - this.#at
    const missing = elapsed > 0 ? this.#missing * Math.exp(-elapsed / tau) : this.#missing
    return Math.max(least, 1 - missing)
  }
}
