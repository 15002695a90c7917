/**
 * A policy that must show activity: where no call ended for too long, the states it gave become unknown.
 *
 * It is checked before each reading and at the policy's next event; its states then need new evidence. What is isolated or
 * disabled was made so on purpose, and stays.
 */
import type { TrackerState } from '../state/tracker-state.ts'
import { MAINTENANCE, SILENT, UNKNOWN } from '../timeline/states.ts'
import type { Source } from './source.ts'

export class StalePolicy {
  readonly #tracker: TrackerState
  readonly #staleAfter: number
  readonly #sources: () => readonly Source[]
  readonly #settler = (): void => this.#settle(this.#tracker.now())
  /** Those whose word has run out. */
  readonly #stale = new Set<Source>()
  #heardAt: number

  constructor(tracker: TrackerState, staleAfter: number, sources: () => readonly Source[]) {
    this.#tracker = tracker
    this.#staleAfter = staleAfter
    this.#sources = sources
    this.#heardAt = tracker.now()
    tracker.timeDriven.add(this.#settler)
  }

  stop(): void {
    this.#tracker.timeDriven.delete(this.#settler)
  }

  heard(now: number): void {
    this.#settle(now)
    this.#heardAt = now
    // All that a policy says comes by here first, so they still say that nothing is known.
    for (const source of this.#stale) source.setState(now, SILENT)
    this.#stale.clear()
  }

  #settle(now: number): void {
    if (now - this.#heardAt <= this.#staleAfter) return
    for (const source of this.#sources()) {
      if (source.state >= MAINTENANCE) continue
      source.setState(this.#heardAt + this.#staleAfter, UNKNOWN)
      this.#stale.add(source)
    }
  }
}
