/**
 * One look at something, by a function of the user's, bounded in time: the body of probes and health checks.
 *
 * What answers is not therefore well: a check that gives a `Response` which is not `ok` has failed. Nobody else reads its
 * body, which would hold its connection, so it is cancelled. Any client's response counts, known by its fields.
 *
 * Each `begin` is answered once. What takes longer than its time has failed, its signal is aborted, and its late result is
 * dropped. It may hang on all the same, and so many of them may (`most`) before no further one begins. A promise may also
 * be lost, and what waited for it would wait for ever: so while that many hang, one more begins after a while (`patience`), the
 * next after twice as long, and so on, at last one an hour, until one ends in time. What is abandoned is answered for as well.
 */

import type { Clock } from '../clock.ts'
import { outside } from '../context.ts'
import type { Milliseconds } from '../duration.ts'
import { ignoreRejection } from '../ignore-rejection.ts'
import { Alarm } from '../timer.ts'

/** How a look ended; `error` is what it failed with. */
export type CheckResult = (good: boolean, error: unknown) => void

interface Running {
  readonly controller: AbortController
  readonly seen: CheckResult
  readonly gone: (() => void) | undefined
}

/** What is done about looks that hang. */
export interface TimedCheckOptions {
  /** How many may hang before no further one begins. Default 1. */
  readonly most?: number
  /** How long, in ms, nothing begins while that many hang; doubled each time, to an hour. Default: as long as they do. */
  readonly patience?: Milliseconds
}

/** For looks that must go on although a promise is lost: how long they wait for what hangs. */
export const patience = 60_000
/** How long they wait at most. */
const longest = 3_600_000

export class TimedCheck {
  readonly #clock: Clock
  readonly #after: Milliseconds
  readonly #what: string
  readonly #most: number
  readonly #patience: Milliseconds
  readonly #limit = new Alarm(() => this.#late(), true)
  /** What has not been answered for. */
  #running: Running | undefined = undefined
  /** What has been answered for, and has not ended. */
  readonly #hanging = new Set<Running>()
  /** When the latest of them was answered for, and for how long no further one begins. */
  #hungAt = 0
  #wait: Milliseconds

  /** `what` it is, in its errors. */
  constructor(clock: Clock, after: Milliseconds, what = 'check', { most = 1, patience }: TimedCheckOptions = {}) {
    this.#clock = clock
    this.#after = after
    this.#what = what
    this.#most = most
    this.#patience = patience ?? Number.POSITIVE_INFINITY
    this.#wait = this.#patience
  }

  /** Nothing may begin: one is under way, or too many hang. */
  get running(): boolean {
    return this.#running !== undefined || this.overdue
  }

  /** Nothing may begin, because of what has been answered for and has not ended: it took too long, or was abandoned. */
  get overdue(): boolean {
    if (this.#running !== undefined || this.#hanging.size < this.#most) return false
    return this.#clock.now() - this.#hungAt < this.#wait
  }

  /**
   * Calls `check`; what throws, rejects, gives `false` or a response that is not `ok` has failed. Only while none runs.
   * `gone` is told that one which was answered for before it had ended has ended now.
   */
  begin(check: (signal: AbortSignal) => unknown, seen: CheckResult, gone?: () => void): void {
    // It begins although so many hang.
    if (this.#hanging.size >= this.#most) this.#wait = Math.min(2 * this.#wait, longest)
    const controller = new AbortController()
    const running: Running = { controller, seen, gone }
    this.#running = running
    this.#clock.schedule(this.#limit, this.#after)
    outside(() => {
      // The promise of a function that throws at once, too.
      new Promise((resolve) => resolve(check(controller.signal))).then(
        (value) => {
          const failure = failureIn(value, this.#what)
          this.#ended(running, failure === undefined, failure?.error)
        },
        (error) => this.#ended(running, false, error),
      )
    })
  }

  /** Aborts what is running without an answer; until it has ended it is still running. */
  abandon(reason: unknown): void {
    const running = this.#running
    if (running === undefined) return
    this.#clock.cancel(this.#limit)
    this.#hangs(running, reason)
  }

  /** Aborts what is running; nothing more is told of it. */
  stop(): void {
    const running = this.#running
    this.#running = undefined
    this.#hanging.clear()
    this.#clock.cancel(this.#limit)
    running?.controller.abort()
  }

  #ended(running: Running, good: boolean, error: unknown): void {
    if (this.#hanging.delete(running)) {
      running.gone?.()
      return
    }
    if (this.#running !== running) return
    this.#running = undefined
    this.#wait = this.#patience
    this.#clock.cancel(this.#limit)
    running.seen(good, error)
  }

  #late(): void {
    const running = this.#running as Running
    const error = new DOMException(`The ${this.#what} took too long`, 'TimeoutError')
    this.#hangs(running, error)
    // Unless what its signal told has stopped the look.
    if (this.#hanging.has(running)) running.seen(false, error)
  }

  #hangs(running: Running, reason: unknown): void {
    this.#running = undefined
    this.#hanging.add(running)
    this.#hungAt = this.#clock.now()
    running.controller.abort(reason)
  }
}

/** What a check that gave `value` has failed with, where it has. A response is done with here. */
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

/** Lets go of a body of which nothing was read; one that somebody reads refuses to be cancelled, and stays. */
function release(body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  const { cancel, destroy } = body as { cancel?: unknown; destroy?: unknown }
  const end = typeof cancel === 'function' ? cancel : destroy
  if (typeof end !== 'function') return
  try {
    ignoreRejection(end.call(body))
  } catch {
    // Then its owner has to see to it.
  }
}
