/**
 * The states of one source, in the order they happened, not the order they arrived.
 *
 * Late events are put where they belong; at one instant the greater `seq` has the last word; the same event recorded twice is
 * one. Repeats are kept as long as a late event may still come before them (they are evidence), then dropped.
 * Invariant: sorted by (time, seq). Few sources ever give a `seq`, so there is a column for it only where one did.
 */
import { type Code, MAINTENANCE, SILENT } from './states.ts'
import { countBefore, countUpTo, type Steps } from './steps.ts'

/** Below this there is nothing worth to be dropped. */
const roomy = 1024
/** Above this not even a late event makes a repeat worth to be kept. */
export const crowded = 20_000

export class EventLog implements Steps {
  #times: number[] = []
  #codes: Code[] = []
  #seqs: number[] | undefined = undefined
  #full = roomy

  get length(): number {
    return this.#times.length
  }

  timeAt(index: number): number {
    return this.#times[index] as number
  }

  codeAt(index: number): Code {
    return this.#codes[index] as Code
  }

  seqAt(index: number): number {
    return this.#seqs === undefined ? 0 : (this.#seqs[index] as number)
  }

  /** What it says now, and for all time to come. */
  get last(): Code {
    return this.length === 0 ? SILENT : this.codeAt(this.length - 1)
  }

  /** Puts an event in its place; false where it was there already. */
  add(time: number, code: Code, seq?: number): boolean {
    const { length } = this
    if (seq === undefined && (length === 0 || time > this.timeAt(length - 1))) {
      this.#push(time, code)
      return true
    }
    let index = countUpTo(this, time)
    const simultaneous = (): boolean => index > 0 && this.timeAt(index - 1) === time
    if (seq === undefined) {
      if (simultaneous() && this.codeAt(index - 1) === code) return false
    } else {
      while (simultaneous() && this.seqAt(index - 1) > seq) index--
      for (let i = index - 1; i >= 0 && this.timeAt(i) === time && this.seqAt(i) === seq; i--) {
        if (this.codeAt(i) === code) return false
      }
    }
    const place = seq ?? (simultaneous() ? this.seqAt(index - 1) : 0)
    if (place !== 0) this.#seqs ??= new Array<number>(length).fill(0)
    this.#times.splice(index, 0, time)
    this.#codes.splice(index, 0, code)
    this.#seqs?.splice(index, 0, place)
    return true
  }

  /** From `time` on it says `code`, whatever it has said for later. */
  rewrite(time: number, code: Code): void {
    this.cut(time)
    if (this.last !== code) this.#push(time, code)
  }

  cut(time: number): void {
    this.#keep(0, countBefore(this, time))
  }

  /** Lets go of what was before `time`, but for the last word, and what it said before a maintenance. */
  forget(time: number): void {
    let last = countBefore(this, time) - 1
    while (last > 0 && this.codeAt(last) === MAINTENANCE) last--
    if (last > 0) this.#keep(last, this.length)
  }

  /** All of it, for a snapshot. */
  save(): { readonly times: readonly number[]; readonly states: string; readonly seqs: readonly number[] } {
    return {
      times: [...this.#times],
      states: this.#codes.join(''),
      seqs: this.#seqs === undefined ? this.#times.map(() => 0) : [...this.#seqs],
    }
  }

  /** Takes what `save` gave, moved in time. */
  restore({ times, states, seqs }: ReturnType<EventLog['save']>, shift: number): void {
    this.#times = times.map((time) => time + shift)
    this.#codes = Array.from(states, Number)
    this.#seqs = seqs.some((seq) => seq !== 0) ? [...seqs] : undefined
  }

  /** Drops repeats before `horizon`. Amortised O(1) an event. */
  compact(horizon: number): void {
    if (this.length < this.#full) return
    const since = this.length < crowded ? horizon : this.timeAt(this.length - crowded / 4)
    const kept: number[] = []
    for (let index = 0; index < this.length; index++) {
      const before = kept.length === 0 ? SILENT : this.codeAt(kept[kept.length - 1] as number)
      if (this.timeAt(index) >= since || this.codeAt(index) !== before) kept.push(index)
    }
    const seqs = this.#seqs
    this.#times = kept.map((index) => this.timeAt(index))
    this.#codes = kept.map((index) => this.codeAt(index))
    this.#seqs = seqs && kept.map((index) => seqs[index] as number)
    this.#full = Math.max(roomy, 2 * this.length)
  }

  #push(time: number, code: Code): void {
    this.#times.push(time)
    this.#codes.push(code)
    this.#seqs?.push(0)
  }

  #keep(from: number, to: number): void {
    if (from === 0) {
      this.#times.length = to
      this.#codes.length = to
      if (this.#seqs !== undefined) this.#seqs.length = to
      return
    }
    this.#times = this.#times.slice(from, to)
    this.#codes = this.#codes.slice(from, to)
    this.#seqs = this.#seqs?.slice(from, to)
  }
}
