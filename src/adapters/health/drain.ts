/**
 * Ends a process in an order that loses no request: fail readiness, wait until load balancers have noticed, close.
 *
 * Several callers may drain, such as an operator and a signal. Each waits from the start of the first, readiness fails while
 * any of them still drains, and the first whose wait is over closes.
 * Invariant: `close` is called at most once, and after that no drain can be taken back. The timer of a drain with a `close`
 * keeps the process alive; the timer that bounds the close does not, so an otherwise idle process ends before it.
 */
import type { Clock } from '../../core/clock.ts'
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { TimeoutError } from '../../core/errors.ts'
import type { Events } from '../../core/events.ts'
import { type Check, duration, functionOf, optional, resolveOptions } from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import type { Lifecycle } from './lifecycle.ts'

export interface DrainOptions {
  /** How long the service goes on while readiness fails, >= 0, so that load balancers notice. Default 5 s. */
  readonly after?: Duration
  /** Stops the server after that. Its result is awaited. Default: nothing is closed, and the service stays draining. */
  readonly close?: () => unknown
  /**
   * How long `close` may take, > 0; `Infinity` is no limit. Default 10 s. After that `drain` rejects with a `TimeoutError`, and
   * `drainOnSignal` ends the process.
   */
  readonly closeWithin?: Duration
  /** An abort takes the drain back until `close` has begun; after that it only ends the wait. */
  readonly signal?: AbortSignal
}

const signalCheck: Check<AbortSignal> = (value, fail) => (value instanceof AbortSignal ? value : fail('an AbortSignal'))

export const drainChecks = {
  after: optional(duration('>= 0'), 5000 as number),
  close: optional(functionOf<() => unknown>(), undefined),
  closeWithin: optional(duration('> 0', true), 10_000 as number),
  signal: optional(signalCheck, undefined),
}

export interface ResolvedDrain {
  readonly after: number
  readonly close: (() => unknown) | undefined
  readonly closeWithin: number
  readonly signal: AbortSignal | undefined
}

/** `source` is the source of the fault. */
export type OnLate = (source: 'close' | 'exit', error: Error) => void

interface DrainHold {
  readonly alarm: Alarm
  follow(closing: Promise<void>): void
}

export class Drain {
  readonly #life: Lifecycle
  readonly #clock: Clock
  readonly #events: Events
  readonly #name: string
  readonly #holds = new Set<DrainHold>()
  #began = 0
  #closing: Promise<void> | undefined = undefined

  constructor(life: Lifecycle, clock: Clock, events: Events, name: string) {
    this.#life = life
    this.#clock = clock
    this.#events = events
    this.#name = name
  }

  /**
   * `late` is called instead of a rejection when `close` takes too long, and also when it has ended but the process has not.
   * It gets the source and error of the fault to report.
   */
  begin({ after, close, closeWithin, signal }: ResolvedDrain, late?: OnLate): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const alarm = new Alarm(() => (close === undefined ? resolve() : this.#close(close)), close === undefined)
      let waits = true
      /** The caller no longer waits for the close. */
      const leave = (): void => {
        waits = false
        signal?.removeEventListener('abort', aborted)
      }
      const limit = new Alarm(() => {
        if (!waits) {
          late?.(
            'exit',
            new Error(`${this.#name}: the process was still running ${closeWithin} ms after closing began`),
          )
          return
        }
        leave()
        this.#life.end = 'closed'
        const error = new TimeoutError(this.#name, closeWithin)
        if (late === undefined) reject(error)
        else late('close', error)
      }, true)
      const settled = (settle: () => void): void => {
        if (late === undefined) this.#clock.cancel(limit)
        leave()
        settle()
      }
      const failed = (error: unknown): void => {
        if (waits) settled(() => reject(error))
        else this.#events.fault('close', error)
      }
      const follow = (closing: Promise<void>): void => {
        if (closeWithin < Number.POSITIVE_INFINITY) this.#clock.schedule(limit, closeWithin)
        closing.then(() => settled(resolve), failed)
      }
      const hold: DrainHold = { alarm, follow }
      const aborted = (): void => {
        this.#release(hold)
        this.#clock.cancel(limit)
        leave()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      if (this.#closing === undefined) this.#hold(hold, after)
      else follow(this.#closing)
    })
  }

  #hold(hold: DrainHold, after: Milliseconds): void {
    const now = this.#clock.now()
    if (this.#life.end === undefined) {
      this.#life.end = 'draining'
      this.#began = now
    }
    this.#holds.add(hold)
    this.#clock.schedule(hold.alarm, Math.max(0, this.#began + after - now), now)
  }

  #release(hold: DrainHold): void {
    if (!this.#holds.delete(hold)) return
    this.#clock.cancel(hold.alarm)
    if (this.#holds.size === 0) this.#life.end = undefined
  }

  #close(close: () => unknown): void {
    const closed = (): void => {
      this.#life.end = 'closed'
    }
    // Also catches a synchronous throw.
    const closing = new Promise((settle) => settle(close())).finally(closed).then(() => {})
    this.#closing = closing
    for (const hold of this.#holds) {
      this.#clock.cancel(hold.alarm)
      hold.follow(closing)
    }
    this.#holds.clear()
  }
}

export function resolveDrain(kind: string, options: unknown): ResolvedDrain {
  return resolveOptions(kind, options, drainChecks)
}
