/** What is told of a component by hand: a log for each who tells. */
import type { EventLog } from '../timeline/event-log.ts'

export class Tellers {
  /** Where nobody says who tells it: few components ever have another teller. */
  #byHand: EventLog | undefined = undefined
  #named: Map<string, EventLog> | undefined = undefined

  /** By teller. */
  get logs(): ReadonlyMap<string, EventLog> {
    const logs = new Map(this.#named)
    if (this.#byHand !== undefined) logs.set('', this.#byHand)
    return logs
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
