/**
 * Keeps an outside system in step with a source that changes: a run soon after each change, and one after a pause where
 * nothing changes.
 *
 * Invariants: runs never overlap; however many changes arrive during a run, exactly one further run follows it; once `close`
 * has resolved no run is under way, and none starts.
 */
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { Alarm } from '../core/timer.ts'

/** How long a change waits for others to join it, in ms: events come in bursts, and one run covers all of them. */
export const settleFor = 10

/** What a loop does. */
export interface Reconciler<Result> {
  /** Reads the source and updates the outside system. */
  run(): Promise<Result>
  /**
   * Called after each scheduled run, but not after `flush`, even when the loop has been closed. Returns how long to wait, in ms,
   * before the next run if nothing changes.
   */
  pauseAfter(outcome: PromiseSettledResult<Result>): Milliseconds
}

export class ReconcileLoop<Result> {
  readonly #kind: string
  readonly #clock: Clock
  readonly #reconciler: Reconciler<Result>
  readonly #next = new Alarm(() => this.#due(), true)
  /** The run under way, or the last one queued behind it. */
  #running: Promise<Result> | undefined = undefined
  /** A run was due while another was under way, which may have read the source already. */
  #again = false
  /** No scheduled run starts before this time, in `now()`. */
  #notBefore = Number.NEGATIVE_INFINITY
  #closed = false

  /** `kind` prefixes the error of a closed loop. The first run is scheduled at once. */
  constructor(kind: string, clock: Clock, reconciler: Reconciler<Result>) {
    this.#kind = kind
    this.#clock = clock
    this.#reconciler = reconciler
    this.#schedule(0)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Call it when the source has changed. */
  changed(): void {
    this.#schedule(settleFor)
  }

  /** Delays scheduled runs by at least `ms` from now. `flush` is not delayed. */
  postpone(ms: Milliseconds): void {
    this.#notBefore = this.#clock.now() + ms
  }

  /** Runs at once, or after the run under way, and returns the result of that run. Rejects with its error, or if closed. */
  flush(): Promise<Result> {
    const before = this.#running?.catch(() => {}) ?? Promise.resolve()
    const running = before.then(() => this.#run())
    this.#running = running
    const ended = (): void => {
      if (this.#running !== running) return
      this.#running = undefined
      if (this.#again) this.#schedule(settleFor)
    }
    running.then(ended, ended)
    return running
  }

  /** Schedules no further run. Resolves when the run under way has settled. */
  async close(): Promise<void> {
    this.#closed = true
    this.#clock.cancel(this.#next)
    await this.#running?.catch(() => {})
  }

  /** The error of a run that was refused or given up because the loop is closed. */
  closedError(): Error {
    return new Error(`${this.#kind}: closed`)
  }

  async #run(): Promise<Result> {
    if (this.#closed) throw this.closedError()
    this.#again = false
    return this.#reconciler.run()
  }

  #due(): void {
    if (this.#running !== undefined) {
      this.#again = true
    } else if (this.#clock.now() < this.#notBefore) {
      this.#schedule(0)
    } else {
      const ended = (outcome: PromiseSettledResult<Result>): void =>
        this.#schedule(this.#reconciler.pauseAfter(outcome))
      this.flush().then(
        (value) => ended({ status: 'fulfilled', value }),
        (reason) => ended({ status: 'rejected', reason }),
      )
    }
  }

  /** The earlier of two schedules wins. */
  #schedule(after: Milliseconds): void {
    if (this.#closed) return
    const now = this.#clock.now()
    const wait = Math.max(after, this.#notBefore - now)
    if (this.#next.list !== undefined) {
      if (this.#next.at <= now + wait) return
      this.#clock.cancel(this.#next)
    }
    this.#clock.schedule(this.#next, wait, now)
  }
}
