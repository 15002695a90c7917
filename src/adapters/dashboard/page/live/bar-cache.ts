/**
 * The bars of the components in sight: fetched in batches, kept for a minute or until the component changes.
 *
 * Invariant: at most one request is in flight, with no more and no longer names than the process accepts.
 */
import type { BarSlice } from '../../wire/details.ts'
import { firstBatch } from './name-batch.ts'
import { fetchBars } from './requests.ts'

const maxAge = 60_000
const retryAfter = 5000
/** The interval of checks for bars that are due. */
const step = 600
/** Rows that come into sight within this time share a request. */
const batchDelay = 60
/** A change of state reaches the bar only after this time. */
const settleTime = 1500

interface CachedBar {
  slices: readonly BarSlice[] | undefined
  /** When to fetch it again. */
  due: number
}

export class BarCache {
  readonly #bars = new Map<string, CachedBar>()
  readonly #inSight = new Set<string>()
  readonly #onChange: () => void
  #fetching = false

  constructor(onChange: () => void) {
    this.#onChange = onChange
    window.setInterval(() => this.#refresh(), step)
  }

  get(name: string): readonly BarSlice[] | undefined {
    return this.#bars.get(name)?.slices
  }

  setInSight(name: string, inSight: boolean): void {
    if (!inSight) {
      this.#inSight.delete(name)
      return
    }
    this.#inSight.add(name)
    if (!this.#bars.has(name)) this.#bars.set(name, { slices: undefined, due: 0 })
    window.setTimeout(() => this.#refresh(), batchDelay)
  }

  /** The component is no longer on the page. */
  forget(name: string): void {
    this.#inSight.delete(name)
    this.#bars.delete(name)
  }

  /** The state of the component has changed. */
  invalidate(name: string): void {
    const bar = this.#bars.get(name)
    if (bar !== undefined) bar.due = Math.min(bar.due, performance.now() + settleTime)
  }

  #refresh(): void {
    const now = performance.now()
    const due = firstBatch([...this.#inSight].filter((name) => (this.#bars.get(name)?.due ?? 0) <= now))
    if (this.#fetching || due.length === 0 || document.hidden) return
    this.#fetching = true
    for (const name of due) (this.#bars.get(name) as CachedBar).due = now + maxAge
    fetchBars(due)
      .then(({ bars }) => {
        for (const [name, slices] of Object.entries(bars)) {
          const bar = this.#bars.get(name)
          if (bar !== undefined) bar.slices = slices
        }
        this.#onChange()
      })
      .catch(() => {
        for (const name of due) {
          const bar = this.#bars.get(name)
          if (bar !== undefined) bar.due = now + retryAfter
        }
      })
      .finally(() => {
        this.#fetching = false
      })
  }
}
