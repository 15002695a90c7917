/**
 * The bars of the components that are in sight: asked for together, kept for a minute, or until the component changes.
 *
 * Invariant: at most one question is under way, and no more names in it, and no longer ones, than the process takes.
 */
import type { Slice } from '../../wire/facts.ts'
import { fitting } from './name-batch.ts'
import { askBars } from './requests.ts'

const kept = 60_000
const retryAfter = 5000
/** How often it looks whether something is due. */
const step = 600
/** What comes into sight together is asked for together. */
const together = 60
/** News of a change is in the bar only some time later. */
const settled = 1500

interface Entry {
  slices: readonly Slice[] | undefined
  /** When it is to be asked for anew. */
  due: number
}

export class BarBook {
  readonly #entries = new Map<string, Entry>()
  readonly #inSight = new Set<string>()
  readonly #changed: () => void
  #asking = false

  constructor(changed: () => void) {
    this.#changed = changed
    window.setInterval(() => this.#refresh(), step)
  }

  get(name: string): readonly Slice[] | undefined {
    return this.#entries.get(name)?.slices
  }

  sight(name: string, seen: boolean): void {
    if (!seen) {
      this.#inSight.delete(name)
      return
    }
    this.#inSight.add(name)
    if (!this.#entries.has(name)) this.#entries.set(name, { slices: undefined, due: 0 })
    window.setTimeout(() => this.#refresh(), together)
  }

  /** It is no longer on the page. */
  forget(name: string): void {
    this.#inSight.delete(name)
    this.#entries.delete(name)
  }

  /** Its state is another one. */
  stale(name: string): void {
    const entry = this.#entries.get(name)
    if (entry !== undefined) entry.due = Math.min(entry.due, performance.now() + settled)
  }

  #refresh(): void {
    const now = performance.now()
    const due = fitting([...this.#inSight].filter((name) => (this.#entries.get(name)?.due ?? 0) <= now))
    if (this.#asking || due.length === 0 || document.hidden) return
    this.#asking = true
    for (const name of due) (this.#entries.get(name) as Entry).due = now + kept
    askBars(due)
      .then(({ bars }) => {
        for (const [name, slices] of Object.entries(bars)) {
          const entry = this.#entries.get(name)
          if (entry !== undefined) entry.slices = slices
        }
        this.#changed()
      })
      .catch(() => {
        for (const name of due) {
          const entry = this.#entries.get(name)
          if (entry !== undefined) entry.due = now + retryAfter
        }
      })
      .finally(() => {
        this.#asking = false
      })
  }
}
