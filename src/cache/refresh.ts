/**
 * One refresh in the background: the rest of the chain as a call of its own, after its caller has been given a stale value.
 *
 * Nothing of the caller bounds it: not the signal, not the deadline. It takes as long as the timeouts outside the cache allow a call,
 * and runs in no caller's context. Its timer does not keep the process alive.
 */
import { outside } from '../core/context.ts'
import type { Milliseconds } from '../core/duration.ts'
import { TimeoutError } from '../core/errors.ts'
import type { ForkOwner, Scope } from '../core/hooks.ts'
import { Timer } from '../core/timer.ts'
import type { StoredEntry } from './entry.ts'
import type { Load } from './loads.ts'

/** The cache that refreshes. */
export interface RefreshOwner {
  readonly name: string
  readonly clock: Parameters<Scope['now']>[0]
  /** `work` is the call that ran. */
  refreshed(refresh: Refresh, work: Scope, ok: boolean, value: unknown): void
}

/** Where no timeout is outside the cache. */
const usualTime: Milliseconds = 30_000

export class Refresh extends Timer implements ForkOwner {
  readonly entry: StoredEntry
  readonly load: Load
  /** When it has taken too long. */
  readonly until: Milliseconds
  readonly #owner: RefreshOwner
  readonly #within: Milliseconds
  readonly #scope: Scope
  readonly #work: Scope

  /** Of `entry`, in place of the layers from `index` on. `scope` is the call that was given the stale value; it is not over yet. */
  constructor(owner: RefreshOwner, scope: Scope, index: number, entry: StoredEntry, load: Load) {
    super()
    this.entry = entry
    this.load = load
    this.#owner = owner
    this.#scope = scope
    this.#within = longestCall(scope, index)
    this.until = scope.now(owner.clock) + this.#within
    const { key, priority, retryDepth } = scope
    const limit = { at: scope.now(scope.owner.clock) + this.#within, enforced: true, outside: undefined }
    this.#work = scope.launch(index + 1, { key, priority, retryDepth }, limit, this)
  }

  override get background(): boolean {
    return true
  }

  start(now: Milliseconds): void {
    outside(() => {
      this.#owner.clock.schedule(this, this.#within, now)
      this.#work.start()
    })
  }

  fire(): void {
    outside(() => {
      const error = new TimeoutError(this.#owner.name, this.#within)
      this.#work.holderUnder(this.#scope).giveUp(error, true)
      this.#owner.refreshed(this, this.#work, false, error)
    })
  }

  forkEnded(work: Scope, ok: boolean, value: unknown): void {
    this.#owner.clock.cancel(this)
    this.#owner.refreshed(this, work, ok, value)
  }
}

/** How long a call inside layer `index` may take. */
function longestCall({ links }: Scope, index: number): Milliseconds {
  let shortest = Number.POSITIVE_INFINITY
  for (let i = 0; i < index; i++) shortest = Math.min(shortest, links.layers[i]?.traits.atMost ?? shortest)
  return shortest === Number.POSITIVE_INFINITY ? usualTime : shortest
}
