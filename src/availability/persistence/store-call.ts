/**
 * Calls of a store, one at a time, each answered once: it is done, it failed, or it does not answer.
 *
 * A call that does not answer in time is reported as late and waited for: nothing may be asked of the store on top of it.
 */
import type { Clock } from '../../core/clock.ts'
import { Alarm } from '../../core/timer.ts'

/** How a call goes. */
export interface StoreCallHandlers {
  done(value: unknown): void
  failed(error: unknown): void
  /** No answer yet; one of the others may still come. */
  late(): void
}

/** How long an answer may take, in ms. */
const patience = 10_000

export class StoreCall {
  readonly #clock: () => Clock
  #answers: StoreCallHandlers | undefined = undefined
  readonly #limit = new Alarm(() => this.#answers?.late(), true)

  constructor(clock: () => Clock) {
    this.#clock = clock
  }

  get running(): boolean {
    return this.#answers !== undefined
  }

  /** Calls `ask`, which may throw. Only while none is running. */
  make(ask: () => unknown, answers: StoreCallHandlers): void {
    this.#answers = answers
    this.#clock().schedule(this.#limit, patience)
    const ended = (answer: () => void): void => {
      if (this.#answers !== answers) return
      this.drop()
      answer()
    }
    new Promise((resolve) => resolve(ask())).then(
      (value) => ended(() => answers.done(value)),
      (error) => ended(() => answers.failed(error)),
    )
  }

  /** Waits for it no longer. */
  drop(): void {
    this.#answers = undefined
    this.#clock().cancel(this.#limit)
  }
}
