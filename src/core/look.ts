/**
 * One look at something, by a function of the user's, bounded in time: the body of probes and health checks.
 *
 * What answers is not therefore well: a check that gives a `Response` which is not `ok` has failed. Nobody else reads its
 * body, which would hold its connection, so it is cancelled. Any client's response counts, known by its fields.
 *
 * Each `begin` is answered once. What takes longer than its time has failed, and its late result is dropped; until it has
 * really ended, the look is `running` and nothing may begin on top of it. What is abandoned is answered for as well.
 */
import { absorb } from './absorb.ts'
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
import { Alarm } from './timer.ts'

/** How a look ended; `error` is what it failed with. */
export type Seen = (good: boolean, error: unknown) => void

interface Running {
  readonly controller: AbortController
  readonly seen: Seen
  readonly gone: (() => void) | undefined
}

export class Look {
  readonly #clock: Clock
  readonly #after: Milliseconds
  readonly #what: string
  readonly #limit = new Alarm(() => this.#late(), true)
  #running: Running | undefined = undefined
  #overdue = false

  /** `what` it is, in its errors. */
  constructor(clock: Clock, after: Milliseconds, what = 'check') {
    this.#clock = clock
    this.#after = after
    this.#what = what
  }

  /** The function has not ended yet. */
  get running(): boolean {
    return this.#running !== undefined
  }

  /** It has not ended, and has been answered for: it took too long, or was abandoned. */
  get overdue(): boolean {
    return this.#overdue
  }

  /**
   * Calls `check`; what throws, rejects, gives `false` or a response that is not `ok` has failed. Only while none runs.
   * `gone` is told that one which was answered for before it had ended has ended now.
   */
  begin(check: (signal: AbortSignal) => unknown, seen: Seen, gone?: () => void): void {
    const controller = new AbortController()
    const running: Running = { controller, seen, gone }
    this.#running = running
    this.#clock.schedule(this.#limit, this.#after)
    const ended = (good: boolean, error: unknown): void => {
      if (this.#running !== running) return
      this.#running = undefined
      if (this.#overdue) {
        this.#overdue = false
        gone?.()
        return
      }
      this.#clock.cancel(this.#limit)
      seen(good, error)
    }
    // The promise of a function that throws at once, too.
    new Promise((resolve) => resolve(check(controller.signal))).then(
      (value) => {
        const failure = failureIn(value, this.#what)
        ended(failure === undefined, failure?.error)
      },
      (error) => ended(false, error),
    )
  }

  /** Aborts what is running without an answer; until it has ended it is still running. */
  abandon(reason: unknown): void {
    if (this.#running === undefined) return
    this.#overdue = true
    this.#clock.cancel(this.#limit)
    this.#running.controller.abort(reason)
  }

  /** Aborts what is running; nothing more is told of it. */
  stop(): void {
    const running = this.#running
    this.#running = undefined
    this.#overdue = false
    this.#clock.cancel(this.#limit)
    running?.controller.abort()
  }

  #late(): void {
    const { controller, seen } = this.#running as Running
    const error = new DOMException(`The ${this.#what} took too long`, 'TimeoutError')
    this.#overdue = true
    controller.abort(error)
    seen(false, error)
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
    absorb(end.call(body))
  } catch {
    // Then its owner has to see to it.
  }
}
