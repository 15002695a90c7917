/**
 * What whole calls say, where no circuit breaker judges them: so many failed in a row are down, since the first of them;
 * one that is good is up.
 */
import type { TrackerState } from '../state/tracker-state.ts'
import { DOWN, UP } from '../timeline/states.ts'
import type { Source } from './source.ts'

export class CallFeed {
  readonly #tracker: TrackerState
  readonly source: Source
  readonly #limit: number
  #failures = 0
  #since = 0

  constructor(tracker: TrackerState, source: Source, limit: number) {
    this.#tracker = tracker
    this.source = source
    this.#limit = limit
  }

  take(policy: string, ok: boolean, ignored: boolean): void {
    if (ignored) return
    if (ok) {
      this.#failures = 0
      if (this.source.state !== UP) this.source.setState(this.#tracker.now(), UP)
      return
    }
    if (this.#failures++ === 0) this.#since = this.#tracker.now()
    if (this.#failures < this.#limit || this.source.state === DOWN) return
    this.source.setState(this.#since, DOWN, { detected: this.#tracker.now() }, `${policy}: failed calls in a row`)
  }

  end(time: number): void {
    this.source.end(time)
  }
}
