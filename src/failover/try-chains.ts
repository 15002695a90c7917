/**
 * The layers a try passes: those of the member's guard, and those that stand behind the pool.
 *
 * They are linked once for each place the pool stands in, and once for all members that have no guard: ten thousand members
 * need no chain each. Places go with the pipelines they are in.
 */
import { Chain } from '../core/chain.ts'
import type { Links } from '../core/scope.ts'
import type { Member } from './member.ts'

interface Place {
  /** For members without a guard. */
  bare: Chain | undefined
  readonly guarded: WeakMap<Member, Chain>
}

export class TryChains {
  readonly #places = new WeakMap<Links, Place[]>()

  /** The chain of a member, where the pool is layer `index` of `links`. */
  of(links: Links, index: number, member: Member): Chain {
    let places = this.#places.get(links)
    if (places === undefined) {
      places = []
      this.#places.set(links, places)
    }
    places[index] ??= { bare: undefined, guarded: new WeakMap() }
    const place = places[index]
    if (member.guard === undefined) {
      place.bare ??= new Chain(links.layers.slice(index + 1), undefined)
      return place.bare
    }
    let chain = place.guarded.get(member)
    if (chain === undefined) {
      chain = new Chain([...member.guard.layers, ...links.layers.slice(index + 1)], undefined)
      place.guarded.set(member, chain)
    }
    return chain
  }
}
