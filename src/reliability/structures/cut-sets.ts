/**
 * Which components together take a structure down, which keep it up, and what the cut sets alone say of the
 * availability.
 *
 * The sum of the cut sets' probabilities (rare events) and 1 - Π (1 - Π q) (Esary and Proschan 1963) are never below
 * the unavailability; the second never exceeds 1. Both are near where components are good.
 */
import { integer, optional, resolveOptions } from '../../core/options.ts'
import { type Block, modelOf } from './block.ts'
import type { SetKind } from './minimal-sets.ts'
import { cutProbabilities, esaryProschan, Model } from './model.ts'
import { type UpDown, withoutSilent } from './node.ts'

/** Names of components; those without are `#1`, `#2`, … by their place in the structure. */
export type ComponentSet = readonly string[]

export interface SetsOptions {
  /** Only sets of so many components or fewer; the others are left out. An integer >= 1. Default: all sets. */
  readonly largest?: number
}

/**
 * The minimal cut sets: when all of one are down, the whole is, and no part of it would do. The smallest first; a set
 * of one is a single point of failure.
 *
 * Throws a `TypeError` for options out of bounds, and a `RangeError` where there are too many to list; those up to a
 * size can still be had.
 */
export function cutSets(block: Block, options?: SetsOptions): readonly ComponentSet[] {
  return setsOf('cutSets', 'cut', block, options)
}

/** The minimal path sets: while all of one are up, the whole is, and no part of it would do. As `cutSets` otherwise. */
export function pathSets(block: Block, options?: SetsOptions): readonly ComponentSet[] {
  return setsOf('pathSets', 'path', block, options)
}

/** What cut sets alone say. Null where a component is unknown. */
export interface CutSetBounds<A extends number | null = number | null> {
  /** It is at least this (Esary and Proschan). */
  readonly availability: A
  /** It is at most this (Esary and Proschan). */
  readonly unavailability: A
  /** Nor is it more than this, the sum over the cut sets; may exceed 1. */
  readonly rareEvent: A
}

/** Bounds of the availability, by cut sets. Throws a `RangeError` where there are too many. */
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
