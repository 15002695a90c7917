/** The policy of one key, and what the calls under way need of it. */
import type { Milliseconds } from '../core/duration.ts'
import type { Links } from '../core/hooks.ts'
import type { ListNode } from '../core/linked-list.ts'
import type { BasePolicy } from '../core/policy.ts'
import { KeyedChain, unchosen } from './keyed-chain.ts'

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
  #chain: KeyedChain | undefined = undefined

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

  /** The layers of `links` with the policy inside layer `index`: linked for the position where it was used last. */
  chain(links: Links, index: number): KeyedChain {
    const before = unchosen(links, index)
    let chain = this.#chain
    if (chain === undefined || chain.before !== before || chain.index !== index) {
      chain = new KeyedChain(before, index, this.policy)
      this.#chain = chain
    }
    return chain
  }
}
