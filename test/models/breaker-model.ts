/**
 * A reference for the circuit breaker, written from the contract alone: plain arrays, nothing shared with the source.
 * Windows are the latest `calls` results; time windows have properties of their own under test/stats.
 */
export interface ModelOptions {
  readonly consecutiveFailures?: number
  readonly failureRate?: number
  readonly slowCallRate?: number
  readonly slowCallAfter?: number
  readonly calls: number
  readonly minimumCalls: number
  readonly probes: number
  /** Length of the n-th opening in a row, from 1. */
  readonly openFor: (opening: number) => number
  /** No rule trips it so long from the first call on. */
  readonly warmUp: number
}

export type ModelState = 'closed' | 'open' | 'half-open' | 'isolated' | 'disabled'
export type Result = 'ok' | 'fail' | 'ignored'
export type Admission = { readonly admitted: true; readonly call: ModelCall } | { readonly admitted: false }

export interface ModelCall {
  readonly era: number
  readonly at: number
  readonly probe: boolean
  watched: boolean
  overdue: boolean
}

const atLeast = (bad: number, of: number, rate: number | undefined): boolean =>
  rate !== undefined && bad > 0 && bad / of >= rate

export class BreakerModel {
  readonly options: ModelOptions
  state: ModelState = 'closed'
  log: string[] = []
  until = 0
  #era = 0
  #openings = 0
  #lapse = 0
  #row = 0
  #failures: boolean[] = []
  #slow: boolean[] = []
  #inFlight: ModelCall[] = []
  #trial = { out: 0, good: 0, failed: 0, slow: 0 }
  #owners = new Set<object>()
  #warmUntil: number | undefined = undefined

  constructor(options: ModelOptions) {
    this.options = options
  }

  admit(now: number): Admission {
    this.#warmUntil ??= now + this.options.warmUp
    if (this.state === 'closed') this.#ripen(now)
    if (this.state === 'closed') return this.#let(now, false)
    if (this.state === 'disabled') {
      return { admitted: true, call: { era: -1, at: now, probe: false, watched: false, overdue: false } }
    }
    if (this.state === 'isolated') return { admitted: false }
    if (this.state === 'open') {
      if (now < this.until) return { admitted: false }
      this.#become('half-open', 'halfOpen')
      this.#trial = { out: 0, good: 0, failed: 0, slow: 0 }
    }
    for (const call of this.#watched()) {
      if (now > call.at && now - call.at >= this.#lapse) {
        call.watched = false
        this.#trial.out--
      }
    }
    for (const call of this.#watched()) {
      if (this.state === 'half-open' && this.#late(call, now)) {
        call.watched = false
        this.#verdict(false, true, now)
      }
    }
    if (this.state !== 'half-open') return this.admit(now)
    if (this.#trial.out >= this.options.probes) return { admitted: false }
    this.#trial.out++
    return this.#let(now, true)
  }

  settle(call: ModelCall, result: Result, now: number): void {
    if (!call.watched || call.era !== this.#era) return
    call.watched = false
    if (result === 'ignored') {
      if (call.probe) this.#trial.out--
      return
    }
    const failed = result === 'fail'
    if (call.probe) {
      this.#verdict(failed, this.#late(call, now), now)
      return
    }
    this.#row = failed ? this.#row + 1 : 0
    this.#failures = [...this.#failures, failed].slice(-this.options.calls)
    if (!call.overdue) this.#slow = [...this.#slow, this.#late(call, now)].slice(-this.options.calls)
    const { consecutiveFailures, failureRate } = this.options
    if (this.#warming(now)) return
    if (consecutiveFailures !== undefined && this.#row >= consecutiveFailures) this.#open('consecutive', now)
    else if (this.#trips(this.#failures, failureRate)) this.#open('rate', now)
    else if (this.#trips(this.#slow, this.options.slowCallRate)) this.#open('slow', now)
  }

  trip(now: number, openFor: number | undefined): void {
    if (this.state !== 'isolated' && this.state !== 'disabled') this.#open('manual', now, openFor)
  }

  /** Another process goes on with a snapshot of this one: nothing that was under way reaches it. */
  restart(now: number): void {
    this.#inFlight = []
    this.#era++
    this.#settledProbes = 0
    this.#owners.clear()
    if (this.state === 'half-open') this.until = now
    if (this.state === 'half-open' || this.state === 'open') {
      this.state = 'open'
      this.#lapse = this.options.openFor(Math.max(1, this.#openings))
    } else if (this.state === 'isolated') this.state = 'closed'
  }

  isolate(): object {
    const owner = {}
    this.#owners.add(owner)
    if (this.state !== 'isolated') this.#become('isolated', 'isolate')
    return owner
  }

  release(owner: object): void {
    if (this.#owners.delete(owner) && this.#owners.size === 0) this.#close()
  }

  reset(): void {
    this.#owners.clear()
    this.#close()
  }

  disable(): void {
    this.#owners.clear()
    if (this.state !== 'disabled') this.#become('disabled', 'disable')
  }

  #let(now: number, probe: boolean): Admission {
    const call = { era: this.#era, at: now, probe, watched: true, overdue: false }
    this.#inFlight.push(call)
    return { admitted: true, call }
  }

  #watched(): ModelCall[] {
    this.#inFlight = this.#inFlight.filter((call) => call.watched && call.era === this.#era)
    return this.#inFlight
  }

  #late(call: ModelCall, now: number): boolean {
    return this.options.slowCallAfter !== undefined && now - call.at > this.options.slowCallAfter
  }

  /** Hangs count before they end. */
  #ripen(now: number): void {
    if (this.options.slowCallRate === undefined) return
    for (const call of this.#watched()) {
      if (call.overdue || !this.#late(call, now)) continue
      call.overdue = true
      this.#slow = [...this.#slow, true].slice(-this.options.calls)
    }
    if (!this.#warming(now) && this.#trips(this.#slow, this.options.slowCallRate)) this.#open('slow', now)
  }

  #warming(now: number): boolean {
    return now < (this.#warmUntil as number)
  }

  #trips(window: readonly boolean[], rate: number | undefined): boolean {
    const enough = Math.min(this.options.minimumCalls, this.options.calls)
    return window.length >= enough && atLeast(window.filter(Boolean).length, window.length, rate)
  }

  #verdict(failed: boolean, slow: boolean, now: number): void {
    const { probes, failureRate, slowCallRate } = this.options
    const trial = this.#trial
    if (failed) trial.failed++
    if (slow) trial.slow++
    if (!failed && !slow) trial.good++
    // `bad` results may be good in one way and bad in the other, so what has settled is counted apart.
    this.#settledProbes++
    const cause = failed ? (failureRate === undefined ? 'consecutive' : 'rate') : 'slow'
    if (failureRate === undefined) {
      if (failed || slow) this.#open(cause, now)
      else if (trial.good === probes) this.#close()
      return
    }
    const rest = probes - this.#settledProbes
    const surely = atLeast(trial.failed, probes, failureRate) || atLeast(trial.slow, probes, slowCallRate)
    const possibly =
      atLeast(trial.failed + rest, probes, failureRate) || atLeast(trial.slow + rest, probes, slowCallRate)
    if (surely) this.#open(cause, now)
    else if (!possibly) this.#close()
  }

  #settledProbes = 0

  #open(cause: string, now: number, openFor?: number): void {
    this.#openings++
    this.#lapse = openFor ?? this.options.openFor(this.#openings)
    this.until = now + this.#lapse
    this.#become('open', `open ${cause} ${this.until}`)
  }

  #close(): void {
    this.#openings = 0
    const from = this.state
    this.#become('closed', from === 'closed' ? undefined : `close ${from}`)
  }

  #become(state: ModelState, entry: string | undefined): void {
    this.state = state
    this.#era++
    this.#row = 0
    this.#failures = []
    this.#slow = []
    this.#inFlight = []
    this.#settledProbes = 0
    if (entry !== undefined) this.log.push(entry)
  }
}
