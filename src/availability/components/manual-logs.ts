/** The states of a component that were recorded by hand: a log for each source. */
import type { EventLog } from '../timeline/event-log.ts'
import { countUpTo } from '../timeline/steps.ts'

export class ManualLogs {
  /** The log of events without a source: most components have no other. */
  #unnamed: EventLog | undefined = undefined
  #named: Map<string, EventLog> | undefined = undefined

  /** How long a recorded state holds; undefined: until the next one. */
  staleAfter: number | undefined = undefined
  /** Whether some states begin in the future. */
  ahead = false

  /** By source; the empty name is that of events without one. */
  get logs(): ReadonlyMap<string, EventLog> {
    const logs = new Map(this.#named)
    if (this.#unnamed !== undefined) logs.set('', this.#unnamed)
    return logs
  }

  /** The first instant after `now` at which a recorded state begins; Infinity where there is none. */
  next(now: number): number {
    if (!this.ahead) return Number.POSITIVE_INFINITY
    const times = [...this.logs.values()].map((log) => {
      const index = countUpTo(log, now)
      return index < log.length ? log.timeAt(index) : Number.POSITIVE_INFINITY
    })
    return Math.min(...times)
  }

  /** The log of one source; `make` makes it if there is none yet. */
  log(source: string, make: () => EventLog): EventLog {
    if (source === '') {
      this.#unnamed ??= make()
      return this.#unnamed
    }
    this.#named ??= new Map()
    let log = this.#named.get(source)
    if (log === undefined) {
      log = make()
      this.#named.set(source, log)
    }
    return log
  }
}
