/** The policy of one key, and what the calls under way need of it. */
import { Chain } from '../core/call/chain.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Links } from '../core/hooks.ts'
import type { ListNode } from '../core/linked-list.ts'
import type { BasePolicy } from '../core/policy.ts'

export class KeyedEntry implements ListNode<KeyedEntry> {
  previous: KeyedEntry | undefined = undefined
  next: KeyedEntry | undefined = undefined
  /** Undefined for a policy that serves calls without a key, or many keys. */
  readonly key: string | undefined
  readonly policy: BasePolicy
  /** Calls whose work has not settled. */
  active = 0
  /** When it was used last; undefined before the clock is known. */
  usedAt: Milliseconds | undefined
  #links: Links | undefined = undefined
  #index = 0
  #chain: Chain | undefined = undefined

  constructor(key: string | undefined, policy: BasePolicy, usedAt: Milliseconds | undefined) {
    this.key = key
    this.policy = policy
    this.usedAt = usedAt
  }

  /** Since when it could be evicted; undefined while it must not be. */
  idleSince(): Milliseconds | undefined {
    if (this.active > 0) return undefined
    const since = this.policy.idleSince()
    return since === undefined ? undefined : Math.max(since, this.usedAt ?? Number.NEGATIVE_INFINITY)
  }

  /** The policy and what is inside layer `index` of `links`: linked for the position where it was used last. */
  chain(links: Links, index: number): Chain {
    if (this.#chain === undefined || this.#links !== links || this.#index !== index) {
      this.#links = links
      this.#index = index
      this.#chain = new Chain([...this.policy.layers, ...links.layers.slice(index + 1)], undefined)
    }
    return this.#chain
  }
}
