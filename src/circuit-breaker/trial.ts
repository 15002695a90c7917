/**
 * The half-open trial: how many probes run, and when their verdict is certain.
 *
 * With a failure rate, the verdict is certain as soon as no further probe can change it. Without one, the first failure opens
 * the circuit, and `probes` successes close it.
 */
export type TrialVerdict = 'open' | 'close' | undefined

export class Trial {
  readonly #probes: number
  readonly #failureRate: number | undefined
  readonly #slowCallRate: number | undefined
  /** Permits in use or spent: all that were given, without those of ignored and lapsed probes. */
  issued = 0
  #good = 0
  #failed = 0
  #slow = 0
  #settled = 0
  /** When the first bad probe was counted. */
  since = Number.NaN

  constructor(probes: number, failureRate: number | undefined, slowCallRate: number | undefined) {
    this.#probes = probes
    this.#failureRate = failureRate
    this.#slowCallRate = slowCallRate
  }

  get full(): boolean {
    return this.issued >= this.#probes
  }

  record(failed: boolean, slow: boolean, since: number): TrialVerdict {
    this.#settled++
    if (failed) this.#failed++
    if (slow) this.#slow++
    if (!failed && !slow) this.#good++
    else if (Number.isNaN(this.since)) this.since = since
    const rates = this.#failureRate !== undefined
    if (!rates) return failed || slow ? 'open' : this.#good >= this.#probes ? 'close' : undefined
    const open = this.#probes - this.#settled
    if (reached(this.#failed, this.#failureRate, this.#probes)) return 'open'
    if (reached(this.#slow, this.#slowCallRate, this.#probes)) return 'open'
    if (reached(this.#failed + open, this.#failureRate, this.#probes)) return undefined
    if (reached(this.#slow + open, this.#slowCallRate, this.#probes)) return undefined
    return 'close'
  }
}

/** Whether `bad` of `total` reaches `rate`; nothing bad never does. */
export function reached(bad: number, rate: number | undefined, total: number): boolean {
  return rate !== undefined && bad > 0 && bad / total >= rate
}
