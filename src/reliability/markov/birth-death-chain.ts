/**
 * Units that fail and are repaired, as a Markov chain over the number of failed ones.
 *
 * With j failed, min(needed, n - j) work and fail at λ each; the rest are on standby and fail at a share of it (1 hot,
 * 0 cold). Repairs go at min(j, crews) μ. A failure is noticed at once with probability c, the coverage. Otherwise the
 * system is down until the failure is noticed, although enough units are left, and then goes on with one unit less. A
 * failure that takes the system down while a crew already works needs no notice. While a failure is unnoticed, nothing
 * else happens.
 *
 * Between two neighbouring counts as many steps go up as down, so the probabilities are products of λ(j) / μ(j + 1),
 * and the probability of an unnoticed failure at j is λ(j) (1 - c) times the detection time. All are sums of positive
 * products, so small ones keep their digits. (System frequency and durations: Kullstam, IEEE Trans. Reliability, 1981.)
 */
import type { TransitionRates } from './stationary.ts'

/** Rates per hour, times in hours. */
export interface RepairModel {
  readonly units: number
  readonly needed: number
  readonly failureRate: number
  readonly repairRate: number
  readonly crews: number
  /** Failure rate of a unit on standby, as a share of the rate of a working one. */
  readonly standby: number
  readonly coverage: number
  /** Mean time until an uncovered failure is noticed. */
  readonly detection: number
  /** No unit fails while the system is down. */
  readonly suspend: boolean
}

export interface SteadyState {
  readonly up: number
  readonly down: number
  /** How often the system goes down, per hour. */
  readonly frequency: number
  /** The probability of 0, 1, … failed units. */
  readonly failed: readonly number[]
  /** The probability of being down because of an unnoticed failure. */
  readonly unnoticed: number
}

export class BirthDeathChain {
  readonly #given: RepairModel
  /** λ(j) and μ(j). */
  readonly #births: readonly number[]
  readonly #deaths: readonly number[]
  /** The largest number of failed units with which the system is up. */
  readonly #spare: number

  constructor(given: RepairModel) {
    const { units, needed, failureRate, repairRate, crews, standby, suspend } = given
    this.#given = given
    this.#spare = units - needed
    this.#births = Array.from({ length: units }, (_, failed) => {
      const working = Math.min(needed, units - failed)
      const waiting = units - failed - working
      return suspend && failed > this.#spare ? 0 : (working + standby * waiting) * failureRate
    })
    this.#deaths = Array.from({ length: units + 1 }, (_, failed) => Math.min(failed, crews) * repairRate)
  }

  steady(): SteadyState {
    const { coverage, detection } = this.#given
    const failed = this.#weights()
    const births = failed.map((weight, count) => weight * (this.#births[count] ?? 0))
    const missed = births.map((flow, count) => (this.#needsNotice(count) ? flow * (1 - coverage) : 0))
    const spare = this.#spare
    const unnoticed = sum(missed) * detection
    const total = sum(failed) + unnoticed
    return {
      up: sum(failed.slice(0, spare + 1)) / total,
      down: (sum(failed.slice(spare + 1)) + unnoticed) / total,
      frequency: ((births[spare] as number) + sum(missed.slice(0, spare))) / total,
      failed: failed.map((weight) => weight / total),
      unnoticed: unnoticed / total,
    }
  }

  /**
   * Mean time from all up until the system is down. With h(j) = a(j) + b(j) h(j + 1) from each count, where 1 - b is
   * carried along as a number of its own, nothing cancels.
   */
  toFailure(): number {
    const { coverage } = this.#given
    const steps: (readonly [a: number, b: number])[] = []
    let [a, rest] = [0, 0]
    for (let failed = 0; failed <= this.#spare; failed++) {
      const birth = this.#births[failed] as number
      const death = this.#deaths[failed] as number
      const kept = failed < this.#spare ? coverage : 0
      const total = birth + death * rest
      a = (1 + death * a) / total
      rest = (birth * (1 - kept) + death * rest) / total
      steps.push([a, (birth * kept) / total])
    }
    return steps.reduceRight((time, [own, share]) => own + share * time, 0)
  }

  /** As a matrix: first the states with 0, 1, … failed units, then the unnoticed ones. */
  rates(): TransitionRates {
    const { coverage, detection } = this.#given
    const noticed = this.#births.flatMap((_, count) => (this.#needsNotice(count) && coverage < 1 ? [count] : []))
    const size = this.#deaths.length + noticed.length
    const rates = Array.from({ length: size }, () => new Array<number>(size).fill(0))
    const set = (from: number, to: number, rate: number): void => {
      ;(rates[from] as number[])[to] = rate
    }
    for (const [failed, birth] of this.#births.entries()) {
      const state = noticed.includes(failed) ? this.#deaths.length + noticed.indexOf(failed) : undefined
      set(failed, failed + 1, state === undefined ? birth : birth * coverage)
      set(failed + 1, failed, this.#deaths[failed + 1] as number)
      if (state === undefined) continue
      set(failed, state, birth * (1 - coverage))
      set(state, failed + 1, 1 / detection)
    }
    return rates
  }

  /** How many states the system is up in; they are the first ones of `rates`. */
  get upStates(): number {
    return this.#spare + 1
  }

  /** Whether a failure, with that many failed before it, keeps the system down until it is noticed. */
  #needsNotice(failed: number): boolean {
    return failed < this.#spare || (failed === 0 && this.#spare === 0)
  }

  /** Products of λ(j) / μ(j + 1), scaled so that the greatest is 1 and none overflows. */
  #weights(): number[] {
    const ratios = this.#births.map((birth, failed) => birth / (this.#deaths[failed + 1] as number))
    const falls = ratios.findIndex((ratio) => ratio < 1)
    const greatest = falls < 0 ? ratios.length : falls
    const weights = new Array<number>(ratios.length + 1).fill(1)
    for (let count = greatest; count > 0; count--)
      weights[count - 1] = (weights[count] as number) / (ratios[count - 1] as number)
    for (let count = greatest; count < ratios.length; count++) {
      weights[count + 1] = (weights[count] as number) * (ratios[count] as number)
    }
    return weights
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
