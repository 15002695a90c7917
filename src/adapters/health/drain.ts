/**
 * The end of a process, in an order that loses nothing: fail readiness, wait until balancers have noticed, close.
 *
 * One drain at a time, which all who ask for one share. The wait is a timer that holds the process, for what is to be closed
 * must be; an abort takes it back, as if nothing had been.
 */
import { Alarm, type Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { Events } from '../../core/events.ts'
import { type Check, duration, functionOf, optional, resolveOptions } from '../../core/options.ts'
import type { Lifecycle } from './lifecycle.ts'

export interface DrainOptions {
  /** How long it goes on serving while readiness fails, >= 0, for balancers to notice. Default 5 s. */
  readonly after?: Duration
  /** Stops the server, after that. What it gives is awaited. Default: nothing is closed. */
  readonly close?: () => unknown
  /** Its abort takes the drain back while it waits; once it closes, it only ends the waiting for that. */
  readonly signal?: AbortSignal
}

const signalCheck: Check<AbortSignal> = (value, fail) => (value instanceof AbortSignal ? value : fail('an AbortSignal'))

export const drainChecks = {
  after: optional(duration('>= 0'), 5000 as number),
  close: optional(functionOf<() => unknown>(), () => undefined),
  signal: optional(signalCheck, undefined),
}

export interface ResolvedDrain {
  readonly after: number
  readonly close: () => unknown
  readonly signal: AbortSignal | undefined
}

export class Drain {
  readonly #life: Lifecycle
  readonly #clock: Clock
  readonly #events: Events
  #running: Promise<void> | undefined = undefined

  constructor(life: Lifecycle, clock: Clock, events: Events) {
    this.#life = life
    this.#clock = clock
    this.#events = events
  }

  begin(options: ResolvedDrain): Promise<void> {
    if (this.#running === undefined && options.signal?.aborted) return Promise.reject(options.signal.reason)
    this.#running ??= this.#run(options)
    return this.#running
  }

  #run({ after, close, signal }: ResolvedDrain): Promise<void> {
    return new Promise((resolve, reject) => {
      const life = this.#life
      const alarm = new Alarm(() => {
        life.end = 'closing'
        // The promise of a function that throws at once, too.
        new Promise((settle) => settle(close())).then(
          () => ended(resolve),
          (error) => ended(() => (signal?.aborted ? this.#events.fault('close', error) : reject(error))),
        )
      })
      const ended = (tell: () => void): void => {
        life.end = 'closed'
        signal?.removeEventListener('abort', aborted)
        tell()
      }
      const aborted = (): void => {
        if (life.end === 'waiting') {
          this.#clock.cancel(alarm)
          life.end = undefined
          this.#running = undefined
        }
        reject(signal?.reason)
      }
      life.end = 'waiting'
      signal?.addEventListener('abort', aborted, { once: true })
      this.#clock.schedule(alarm, after)
    })
  }
}

export function resolveDrain(kind: string, options: unknown): ResolvedDrain {
  return resolveOptions(kind, options, drainChecks)
}
