/**
 * Outages in order, and of each what was counted before it.
 *
 * Invariants: `#failures` and `#nets` hold the sums of all before each; a list that was lent never changes but in its last one.
 */
import { countOf, type TrackedOutage } from './tracked-outage.ts'

export class OutageList {
  #all: TrackedOutage[] = []
  #lent = false
  #failures: number[] = []
  #nets: number[] = []

  get length(): number {
    return this.#all.length
  }

  get last(): TrackedOutage | undefined {
    return this.#all.at(-1)
  }

  get(index: number): TrackedOutage {
    return this.#all[index] as TrackedOutage
  }

  /** Failures, and time failing, of all before the one of this index; `shown` is the last before it as it is now. */
  before(index: number, shown: TrackedOutage | undefined): { readonly failures: number; readonly net: number } {
    if (index < this.#all.length) return { failures: this.#failures[index] as number, net: this.#nets[index] as number }
    if (index === 0 || shown === undefined) return { failures: 0, net: 0 }
    const { failures, net } = this.before(index - 1, undefined)
    return { failures: failures + countOf(shown), net: net + shown.net }
  }

  /** The list as it is; it is copied before anything but the end of it changes. */
  lend(): readonly TrackedOutage[] {
    this.#lent = true
    return this.#all
  }

  /** Starts over, with one or none. */
  begin(first: Readonly<TrackedOutage> | undefined): void {
    this.#all = first === undefined ? [] : [{ ...first }]
    this.#lent = false
    this.#failures = first === undefined ? [] : [0]
    this.#nets = first === undefined ? [] : [0]
  }

  push(outage: TrackedOutage): void {
    const { last } = this
    this.#failures.push(last === undefined ? 0 : (this.#failures.at(-1) as number) + countOf(last))
    this.#nets.push(last === undefined ? 0 : (this.#nets.at(-1) as number) + last.net)
    this.#all.push(outage)
  }

  pop(): TrackedOutage {
    this.#failures.pop()
    this.#nets.pop()
    return this.#own().pop() as TrackedOutage
  }

  /** Puts another one in the place of the last; who was lent the list keeps the one that was. */
  replace(outage: TrackedOutage): void {
    this.#own()[this.#all.length - 1] = outage
  }

  #own(): TrackedOutage[] {
    if (this.#lent) this.#all = [...this.#all]
    this.#lent = false
    return this.#all
  }
}
