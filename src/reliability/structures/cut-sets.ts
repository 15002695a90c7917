/**
 * Which components together take a structure down, which keep it up, and which bounds of the availability follow from
 * the cut sets.
 *
 * The sum of the cut sets' probabilities (rare events) and 1 - Π (1 - Π q) (Esary and Proschan 1963) are never below
 * the unavailability; the second never exceeds 1. Both are close to it if components are good.
 */
import { integer, optional, resolveOptions } from '../../core/options.ts'
import { type Block, modelOf } from './block.ts'
import type { SetKind } from './minimal-sets.ts'
import { cutProbabilities, esaryProschan, Model } from './model.ts'
import { type UpDown, withoutSilent } from './node.ts'

/** Names of components; one without a name is `#1`, `#2`, … by its place in the structure. */
export type ComponentSet = readonly string[]

export interface SetsOptions {
  /** The largest number of components of a set; larger sets are left out. An integer >= 1. Default: all sets. */
  readonly largest?: number
}

/**
 * The minimal cut sets, the smallest first: when all components of one are down, the whole is down, and no subset is
 * enough. A set of one component is a single point of failure.
 *
 * Throws a `TypeError` for options out of bounds, and a `RangeError` if there are too many sets; `largest` then still
 * lists the small ones.
 */
export function cutSets(block: Block, options?: SetsOptions): readonly ComponentSet[] {
  return setsOf('cutSets', 'cut', block, options)
}

/** The minimal path sets: while all of one are up, the whole is up, and no subset is enough. Otherwise as `cutSets`. */
export function pathSets(block: Block, options?: SetsOptions): readonly ComponentSet[] {
  return setsOf('pathSets', 'path', block, options)
}

/** Bounds by cut sets. Null if a component is unknown. */
export interface CutSetBounds<A extends number | null = number | null> {
  /** A lower bound of the availability (Esary and Proschan). */
  readonly availability: A
  /** An upper bound of the unavailability (Esary and Proschan). */
  readonly unavailability: A
  /** Another upper bound of the unavailability: the sum over the cut sets. May exceed 1. */
  readonly rareEvent: A
}

/** Bounds of the availability, by cut sets. Throws a `RangeError` if there are too many cut sets. */
export function cutSetBounds<A extends number | null>(block: Block<A>): CutSetBounds<A> {
  const model = modelOf('cutSetBounds', block)
  const leaves = model.inventory.leaves.map(({ upDown }) => upDown)
  const sets = model.sets('cutSetBounds', 'cut')
  if (!leaves.every((upDown): upDown is UpDown => upDown !== null)) {
    return { availability: null as A, unavailability: null as A, rareEvent: null as A }
  }
  const cuts = cutProbabilities(sets, leaves)
  const [availability, unavailability] = esaryProschan(cuts)
  const rareEvent = cuts.reduce((sum, cut) => sum + cut, 0)
  return { availability: availability as A, unavailability: unavailability as A, rareEvent: rareEvent as A }
}

function setsOf(kind: string, mode: SetKind, block: Block, options: unknown): readonly ComponentSet[] {
  const { largest } = resolveOptions(kind, options, { largest: optional(integer(1), Number.POSITIVE_INFINITY) })
  const { node, inventory } = modelOf(kind, block)
  const found = new Model(withoutSilent(node), inventory).sets(kind, mode, largest)
  return found.map((places) => places.map((place) => inventory.label(place)))
}
