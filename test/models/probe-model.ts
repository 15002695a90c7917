/**
 * A second, naive reading of a probe, millisecond by millisecond.
 *
 * It keeps every result, finds the state by looking back over all of them, and paints one state for each millisecond.
 */
import type { ComponentState } from 'holdfast/availability'

export type Kind =
  | 'up'
  | 'degraded'
  | 'down'
  | 'maintenance'
  | 'unknown'
  | 'false'
  | 'throws'
  | 'rejects'
  | 'hangs'
  | 'fine'

export interface ModelOptions {
  readonly every: number
  readonly fast: number
  readonly timeout: number
  readonly rise: number
  readonly fall: number
}

interface Result {
  readonly at: number
  readonly rank: number
}

const ranked: readonly ComponentState[] = ['up', 'degraded', 'down']

function stateOf(kind: Kind): ComponentState {
  if (kind === 'false' || kind === 'throws' || kind === 'rejects') return 'down'
  return kind === 'fine' || kind === 'hangs' ? 'up' : kind
}

export class ProbeModel {
  readonly painted: { from: number; state: ComponentState }[] = []
  /** Since when it was down, and when that was known. */
  readonly detections = new Map<number, number>()
  readonly starts: number[] = []
  kind: Kind = 'fine'
  now = 0
  hung = false
  #overdue = false
  #stopped = false
  #began = 0
  #next = 0
  #results: Result[] = []
  #state: ComponentState | undefined
  #seen: number | undefined
  readonly #options: ModelOptions

  constructor(options: ModelOptions) {
    this.#options = options
    this.#timers()
  }

  advance(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now++
      this.#timers()
    }
  }

  /** What hangs ends. */
  release(kind: Kind): void {
    if (!this.hung) return
    this.hung = false
    if (this.#overdue) this.#overdue = false
    else this.#answered(kind)
    this.#timers()
  }

  stop(): void {
    if (this.#stopped) return
    this.settle(this.now)
    this.#stopped = true
    this.hung = false
    this.#paint(this.now, 'unknown')
  }

  settle(now: number): void {
    if (this.#stopped || this.#seen === undefined || now - this.#seen <= 3 * this.#options.every) return
    this.#paint(this.#seen, 'unknown')
    this.#seen = undefined
    this.#state = undefined
    this.#results = []
  }

  at(ms: number): ComponentState {
    let state: ComponentState = 'unknown'
    for (const one of this.painted) if (one.from <= ms) state = one.state
    return state
  }

  #timers(): void {
    if (this.#stopped) return
    if (this.hung && !this.#overdue && this.now === this.#began + this.#options.timeout) {
      this.#overdue = true
      this.#result(this.#began, 'down')
      this.#plan()
    }
    while (!this.#stopped && this.#next === this.now && !(this.hung && !this.#overdue)) this.#turn()
  }

  #turn(): void {
    this.#began = this.now
    if (this.hung) this.#result(this.now, 'down')
    else {
      this.settle(this.now)
      this.starts.push(this.now)
      if (this.kind === 'hangs') this.hung = true
      else this.#result(this.now, stateOf(this.kind))
    }
    this.#plan()
  }

  #answered(kind: Kind): void {
    this.#result(this.#began, stateOf(kind))
    this.#plan()
  }

  #plan(): void {
    const last = this.#results.at(-1)
    const doubtful = last !== undefined && ranked[last.rank] !== this.#state
    this.#next = Math.max(this.now, this.#began + (doubtful ? this.#options.fast : this.#options.every))
  }

  #result(at: number, state: ComponentState): void {
    this.settle(at)
    if (state === 'unknown') return
    this.#seen = at
    if (state === 'maintenance' || this.#state === undefined || this.#state === 'maintenance') {
      if (state !== this.#state) this.#enter(at, state)
      this.#results = []
      return
    }
    this.#results.push({ at, rank: ranked.indexOf(state) })
    const present = ranked.indexOf(this.#state)
    const worse = this.#row((rank) => rank > present)
    const better = this.#row((rank) => rank < present)
    if (worse.length >= this.#options.fall) this.#move(worse, Math.min)
    else if (better.length >= this.#options.rise) this.#move(better, Math.max)
  }

  /** The latest results of one kind, as many as there are in a row. */
  #row(fits: (rank: number) => boolean): Result[] {
    let from = this.#results.length
    while (from > 0 && fits((this.#results[from - 1] as Result).rank)) from--
    return this.#results.slice(from)
  }

  #move(row: readonly Result[], of: (...ranks: number[]) => number): void {
    this.#enter((row[0] as Result).at, ranked[of(...row.map(({ rank }) => rank))] as ComponentState)
  }

  #enter(since: number, state: ComponentState): void {
    this.#state = state
    this.#paint(since, state)
    if (state === 'down') this.detections.set(since, this.now)
  }

  #paint(from: number, state: ComponentState): void {
    while ((this.painted.at(-1)?.from ?? -1) >= from) this.painted.pop()
    this.painted.push({ from, state })
  }
}
