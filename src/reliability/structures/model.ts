/**
 * The availability of a structure, and its minimal sets.
 *
 * The availability is exact unless the structure is too entangled. Then its minimal cut sets are treated as if they
 * shared no components, and the unavailability is at most 1 - Π (1 - Π q) (J. Esary, F. Proschan 1963).
 */
import { type Compiled, compiled, compiledForSets } from './compiled.ts'
import type { Inventory } from './inventory.ts'
import { MinimalSets, placesOf, type SetKind } from './minimal-sets.ts'
import type { Node, UpDown } from './node.ts'

/** How numbers were computed: exactly, or as a bound on the safe side. */
export type PlanMethod = 'exact' | 'bound'

const mostSteps = 100_000

export class Model {
  readonly node: Node
  readonly inventory: Inventory
  readonly method: PlanMethod
  readonly #compiled: Compiled
  #cuts: readonly (readonly number[])[] | undefined = undefined

  /** `most` is the limit of steps for a diagram. */
  constructor(node: Node, inventory: Inventory, most = mostSteps) {
    this.node = node
    this.inventory = inventory
    const full = compiled(node, inventory, most)
    this.method = full.exact ? 'exact' : 'bound'
    this.#compiled = full.exact ? full : compiledForSets(node, inventory)
  }

  /** Null where some component is unknown. `as` takes the place of the probabilities of one component. */
  upDown(place?: number, as?: UpDown): UpDown | null {
    const leaves = this.inventory.leaves.map(({ upDown }, at) => (at === place ? (as as UpDown) : upDown))
    if (!leaves.every((upDown) => upDown !== null)) return null
    if (this.method === 'exact') return this.#compiled.upDown(leaves)
    this.#cuts ??= this.sets('availability', 'cut')
    return esaryProschan(cutProbabilities(this.#cuts, leaves))
  }

  /** The minimal sets, the smallest first. Throws a `RangeError` in the name of `kind` if there are too many. */
  sets(kind: string, mode: SetKind, largest = Number.POSITIVE_INFINITY): readonly (readonly number[])[] {
    const sets = this.#compiled.sets(new MinimalSets(kind, mode, largest)).map(placesOf)
    return sets.sort((one, other) => one.length - other.length || compared(one, other))
  }
}

/** Compares two different sets of one size by their first difference. */
function compared(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((place, at) => place !== other[at])
  return (one[index] as number) - (other[index] as number)
}

/** The probability of each cut set. */
export function cutProbabilities(cuts: readonly (readonly number[])[], leaves: readonly UpDown[]): readonly number[] {
  return cuts.map((places) => places.reduce((product, place) => product * (leaves[place] as UpDown)[1], 1))
}

/** The bound that treats cut sets as if they shared no components. */
export function esaryProschan(cuts: readonly number[]): UpDown {
  const logarithm = cuts.reduce((sum, cut) => sum + Math.log1p(-cut), 0)
  return [Math.exp(logarithm), 0 - Math.expm1(logarithm)]
}
