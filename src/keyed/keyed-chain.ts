/** The layers of a call with those of its key's policy, which are inside the layer of `keyed`. */
import { Chain } from '../core/call/chain.ts'
import type { Links } from '../core/hooks.ts'
import type { BasePolicy } from '../core/policy.ts'

export class KeyedChain extends Chain {
  /** The layers without those of the policy. */
  readonly before: Links
  readonly index: number

  constructor(before: Links, index: number, policy: BasePolicy) {
    const { layers, owner } = before
    super([...layers.slice(0, index + 1), ...policy.layers, ...layers.slice(index + 1)], owner)
    this.before = before
    this.index = index
  }
}

/** The layers of a call as they were before layer `index` chose a policy, in a try before this one. */
export function unchosen(links: Links, index: number): Links {
  let before = links
  while (before instanceof KeyedChain && before.index >= index) before = before.before
  return before
}
