/**
 * A quantile of a stream of numbers that follows its changes, in constant space.
 *
 * Each sample moves the estimate by a small step: down by `step / q` if it is below, up by `step / (1 - q)` if it is above. The
 * steps cancel out exactly where a share of `1 - q` of the samples is above, so that share holds whatever their distribution.
 * A step is a hundredth of the standard deviation, which is a moving one too. After failsafe-go's `MovingQuantile`.
 *
 * After an outage the steps would soon be too short for the way back, so the estimate is never far above what a quantile can be: by Cantelli's
 * inequality the mean and `sqrt(q / (1 - q))` standard deviations.
 */
const weight = 0.01
/** The moments are those of few samples. */
const slack = 2

export class MovingQuantile {
  readonly #quantile: number
  #mean = 0
  #variance = 0
  #estimate = 0
  #count = 0

  /** @param quantile Above 0 and below 1. */
  constructor(quantile: number) {
    this.#quantile = quantile
  }

  /** The samples so far. */
  get count(): number {
    return this.#count
  }

  /** The quantile; 0 before the first sample. */
  get estimate(): number {
    return this.#estimate
  }

  add(sample: number): void {
    if (this.#count++ === 0) {
      this.#mean = this.#estimate = sample
      return
    }
    const difference = sample - this.#mean
    this.#mean += weight * difference
    this.#variance = (1 - weight) * (this.#variance + weight * difference * difference)
    const step = weight * Math.sqrt(this.#variance)
    if (sample < this.#estimate) this.#estimate -= step / this.#quantile
    else if (sample > this.#estimate) this.#estimate += step / (1 - this.#quantile)
    const reach = slack * Math.sqrt(this.#variance * (this.#quantile / (1 - this.#quantile)))
    if (this.#estimate > this.#mean + reach) this.#estimate = this.#mean + reach
  }
}
