/** The timer of a call that starts later. */
import type { Scope } from '../core/hooks.ts'
import { Timer } from '../core/timer.ts'

export class DelayedStart extends Timer {
  readonly #scope: Scope
  readonly #index: number

  constructor(scope: Scope, index: number) {
    super()
    this.#scope = scope
    this.#index = index
  }

  /** In the context of the caller: other calls may share the timer. */
  fire(): void {
    this.#scope.inContext(() => this.#scope.proceed(this.#index))
  }
}
