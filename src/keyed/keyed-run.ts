/** One call under the policy of its key. */
import type { ForkOwner, Scope } from '../core/hooks.ts'
import type { KeyedEntry } from './entry.ts'

export class KeyedRun implements ForkOwner {
  readonly entry: KeyedEntry
  readonly #scope: Scope
  readonly #index: number

  constructor(entry: KeyedEntry, scope: Scope, index: number) {
    this.entry = entry
    this.#scope = scope
    this.#index = index
  }

  start(): void {
    const scope = this.#scope
    scope.fork(this.entry.chain(scope.links, this.#index), 0, this).start()
  }

  forkEnded(_fork: Scope, ok: boolean, value: unknown): void {
    this.#scope.holdUntilDrained(this.#index)
    this.#scope.answer(this.#index, ok, value)
  }
}
