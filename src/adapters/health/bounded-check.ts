/**
 * A check that protects its dependency from many probers.
 *
 * One check runs at a time, however many requests ask; all of them share its result, which is then cached for `maxAge`. A
 * check that takes too long is down. While it still hangs the result stays down and no further check starts, except after a
 * minute, then after two, and so on: a promise that is lost must not keep a dependency down for ever.
 * Invariant: each request is answered within the timeout.
 */

import { patience, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Events } from '../../core/events.ts'
import type { HealthCheck } from './health-endpoints.ts'
import { type HealthReading, type ParsedResult, parseResult, reason } from './reading.ts'

export interface CheckBounds {
  readonly timeout: Milliseconds
  readonly maxAge: Milliseconds
}

export class BoundedCheck {
  readonly #check: HealthCheck
  readonly #source: string
  readonly #clock: Clock
  readonly #events: Events
  readonly #maxAge: Milliseconds
  readonly #look: TimedCheck
  #last: { readonly reading: HealthReading; readonly time: Milliseconds } | undefined = undefined
  #waiting: ((reading: HealthReading) => void)[] = []

  constructor(name: string, check: HealthCheck, { timeout, maxAge }: CheckBounds, clock: Clock, events: Events) {
    this.#source = `checks.${name}`
    this.#check = check
    this.#clock = clock
    this.#events = events
    this.#maxAge = maxAge
    this.#look = new TimedCheck(clock, timeout, 'check', { patience })
  }

  read(): HealthReading | Promise<HealthReading> {
    const last = this.#last
    const hangs = this.#look.overdue
    if (last !== undefined && (hangs || this.#clock.now() - last.time < this.#maxAge)) return last.reading
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!this.#look.running) this.#begin()
    })
  }

  #begin(): void {
    const start = this.#clock.now()
    let found: ParsedResult
    const look = async (signal: AbortSignal): Promise<unknown> => {
      const result = await this.#check({ signal })
      found = this.#parse(result)
      return result
    }
    this.#look.begin(look, (good, error) => {
      const time = this.#clock.now()
      const what = good ? found : ({ state: 'down', output: reason(error) } as const)
      const reading = { ...what, at: this.#clock.wall(time), took: time - start }
      this.#last = { reading, time }
      for (const resolve of this.#waiting.splice(0)) resolve(reading)
    })
  }

  #parse(result: unknown): ParsedResult {
    try {
      return parseResult(result)
    } catch (error) {
      this.#events.fault(this.#source, error)
      return { state: 'unknown', output: reason(error) }
    }
  }
}
