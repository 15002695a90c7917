/**
 * One look at something, by a function of the user's, bounded in time: the body of probes and health checks.
 *
 * Each `begin` is answered once. What takes longer than its time has failed, and its late result is dropped; until it has
 * really ended, the look is `running` and nothing may begin on top of it. What is abandoned is answered for as well.
 */
import { Alarm, type Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'

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
   * Calls `check`; what throws, rejects, or gives `false` has failed. Only while none is running. `gone` is told that one
   * which was answered for before it had ended has ended now.
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
      (value) => ended(value !== false, value === false ? new Error(`the ${this.#what} gave false`) : undefined),
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
