/** What is told of a component by hand: a log for each who tells. */
import type { EventLog } from '../timeline/event-log.ts'
import { countUpTo } from '../timeline/steps.ts'

export class Tellers {
  /** Where nobody says who tells it: few components ever have another teller. */
  #byHand: EventLog | undefined = undefined
  #named: Map<string, EventLog> | undefined = undefined

  /** How long a word holds; undefined: until the next one. */
  staleAfter: number | undefined = undefined
  /** Whether something was told of the time to come. */
  ahead = false

  /** By teller. */
  get logs(): ReadonlyMap<string, EventLog> {
    const logs = new Map(this.#named)
    if (this.#byHand !== undefined) logs.set('', this.#byHand)
    return logs
  }

  /** The first instant after `now` that something was told of; Infinity where there is none. */
  next(now: number): number {
    if (!this.ahead) return Number.POSITIVE_INFINITY
    const times = [...this.logs.values()].map((log) => {
      const index = countUpTo(log, now)
      return index < log.length ? log.timeAt(index) : Number.POSITIVE_INFINITY
    })
    return Math.min(...times)
  }

  /** The log of one, made where there is none yet. */
  log(teller: string, make: () => EventLog): EventLog {
    if (teller === '') {
      this.#byHand ??= make()
      return this.#byHand
    }
    this.#named ??= new Map()
    let log = this.#named.get(teller)
    if (log === undefined) {
      log = make()
      this.#named.set(teller, log)
    }
    return log
  }
}
