/**
 * The layers a try passes: those of the member's guard, then those inside the pool.
 *
 * A chain is linked once for each position that the pool has in a pipeline, and once for all members without a guard: ten
 * thousand members do not need one each. Chains are collected with the pipelines they belong to.
 */
import { Chain } from '../../core/call/chain.ts'
import type { Links } from '../../core/hooks.ts'
import type { PoolMember } from '../members/pool-member.ts'

/** The chains of one position in a pipeline. */
interface PositionChains {
  /** For members without a guard. */
  bare: Chain | undefined
  readonly guarded: WeakMap<PoolMember, Chain>
}

export class TryChains {
  readonly #positions = new WeakMap<Links, PositionChains[]>()

  /** The chain of a member, where the pool is layer `index` of `links`. */
  of(links: Links, index: number, member: PoolMember): Chain {
    let positions = this.#positions.get(links)
    if (positions === undefined) {
      positions = []
      this.#positions.set(links, positions)
    }
    positions[index] ??= { bare: undefined, guarded: new WeakMap() }
    const position = positions[index]
    if (member.guard === undefined) {
      position.bare ??= new Chain(links.layers.slice(index + 1), undefined)
      return position.bare
    }
    let chain = position.guarded.get(member)
    if (chain === undefined) {
      chain = new Chain([...member.guard.layers, ...links.layers.slice(index + 1)], undefined)
      position.guarded.set(member, chain)
    }
    return chain
  }
}
