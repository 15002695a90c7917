/**
 * A check by a function of the user, with a time limit: the body of probes and health checks.
 *
 * A check that gives a `Response` which is not `ok` has failed. The unread body of a response would hold its connection, so it is
 * cancelled. The responses of any client count, recognised by their fields.
 *
 * Each `begin` is reported once, to `onResult` or by `abandon`. A check that exceeds its limit has failed: its signal is aborted, and
 * its late result is dropped. It may still hang. While `most` checks hang, no further one begins. But a promise may be lost and never
 * settle, so one more check begins after `patience`, the next after twice as long, and so on up to one an hour, until one ends in
 * time.
 */

import type { Clock } from '../clock.ts'
import { outside } from '../context.ts'
import type { Milliseconds } from '../duration.ts'
import { ignoreRejection } from '../ignore-rejection.ts'
import { Alarm } from '../timer.ts'

/** Gets the result of a check; `error` is what it failed with. */
export type CheckResult = (good: boolean, error: unknown) => void

interface RunningCheck {
  readonly controller: AbortController
  readonly onResult: CheckResult
  readonly onLateEnd: (() => void) | undefined
}

/** How many checks may hang. */
export interface TimedCheckOptions {
  /** While this many hang, no further check begins. Default 1. */
  readonly most?: number
  /** After how many ms one more begins all the same; doubled each time, up to an hour. Default: never. */
  readonly patience?: Milliseconds
}

/** The option `patience`, in ms, of checks that must go on even if a promise is lost. */
export const patience = 60_000
/** The longest wait for checks that hang, in ms. */
const longest = 3_600_000

export class TimedCheck {
  readonly #clock: Clock
  readonly #after: Milliseconds
  readonly #what: string
  readonly #most: number
  readonly #patience: Milliseconds
  readonly #limit = new Alarm(() => this.#late(), true)
  /** The check that has not been reported. */
  #running: RunningCheck | undefined = undefined
  /** Checks that have been reported, and have not ended. */
  readonly #hanging = new Set<RunningCheck>()
  /** When the latest of them was reported, and for how long no further check begins. */
  #hungAt = 0
  #wait: Milliseconds

  /** `after` is the time limit in ms, `what` the name of the check in errors. */
  constructor(clock: Clock, after: Milliseconds, what = 'check', { most = 1, patience }: TimedCheckOptions = {}) {
    this.#clock = clock
    this.#after = after
    this.#what = what
    this.#most = most
    this.#patience = patience ?? Number.POSITIVE_INFINITY
    this.#wait = this.#patience
  }

  /** No check may begin: one is running, or too many hang. */
  get running(): boolean {
    return this.#running !== undefined || this.overdue
  }

  /** No check may begin, because too many hang: they exceeded their limit or were abandoned, and have not ended. */
  get overdue(): boolean {
    if (this.#running !== undefined || this.#hanging.size < this.#most) return false
    return this.#clock.now() - this.#hungAt < this.#wait
  }

  /**
   * Calls `check`. It fails if it throws, rejects, gives `false` or a response that is not `ok`. Call only while `running` is false.
   * `onLateEnd` is called when a check ends that was reported before.
   */
  begin(check: (signal: AbortSignal) => unknown, onResult: CheckResult, onLateEnd?: () => void): void {
    // It begins although too many hang.
    if (this.#hanging.size >= this.#most) this.#wait = Math.min(2 * this.#wait, longest)
    const controller = new AbortController()
    const running: RunningCheck = { controller, onResult, onLateEnd }
    this.#running = running
    this.#clock.schedule(this.#limit, this.#after)
    outside(() => {
      // Also handles a function that throws at once.
      new Promise((resolve) => resolve(check(controller.signal))).then(
        (value) => {
          const failure = failureIn(value, this.#what)
          this.#ended(running, failure === undefined, failure?.error)
        },
        (error) => this.#ended(running, false, error),
      )
    })
  }

  /** Aborts the running check without a report. Until it has ended, it counts as hanging. */
  abandon(reason: unknown): void {
    const running = this.#running
    if (running === undefined) return
    this.#clock.cancel(this.#limit)
    this.#hangs(running, reason)
  }

  /** Aborts the running check; none is reported any more. */
  stop(): void {
    const running = this.#running
    this.#running = undefined
    this.#hanging.clear()
    this.#clock.cancel(this.#limit)
    running?.controller.abort()
  }

  #ended(running: RunningCheck, good: boolean, error: unknown): void {
    if (this.#hanging.delete(running)) {
      running.onLateEnd?.()
      return
    }
    if (this.#running !== running) return
    this.#running = undefined
    this.#wait = this.#patience
    this.#clock.cancel(this.#limit)
    running.onResult(good, error)
  }

  #late(): void {
    const running = this.#running as RunningCheck
    const error = new DOMException(`The ${this.#what} took too long`, 'TimeoutError')
    this.#hangs(running, error)
    // A listener of its signal may have called `stop`.
    if (this.#hanging.has(running)) running.onResult(false, error)
  }

  #hangs(running: RunningCheck, reason: unknown): void {
    this.#running = undefined
    this.#hanging.add(running)
    this.#hungAt = this.#clock.now()
    running.controller.abort(reason)
  }
}

/** The error of a check that gave `value`, if it failed. Cancels the unread body of a response. */
export function failureIn(value: unknown, what: string): { readonly error: unknown } | undefined {
  if (value === false) return { error: new Error(`the ${what} gave false`) }
  if (typeof value !== 'object' || value === null) return undefined
  try {
    const given = value as Partial<Record<string, unknown>>
    const { ok } = given
    if (typeof ok !== 'boolean') return undefined
    const { status, statusText, body, bodyUsed } = given
    if (typeof status !== 'number') return undefined
    if (bodyUsed !== true) release(body)
    if (ok) return undefined
    const text = typeof statusText === 'string' && statusText !== '' ? ` ${statusText}` : ''
    return { error: new Error(`the ${what} was answered with ${status}${text}`) }
  } catch (error) {
    return { error }
  }
}

/** Cancels a body. One that is being read refuses that, and stays. */
function release(body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  const { cancel, destroy } = body as { cancel?: unknown; destroy?: unknown }
  const end = typeof cancel === 'function' ? cancel : destroy
  if (typeof end !== 'function') return
  try {
    ignoreRejection(end.call(body))
  } catch {
    // Its reader has to end it.
  }
}
