/**
 * The structures that services consist of.
 *
 * All are one gate, "at least k of these": series needs all parts, parallel one, k of n anything between. With a common
 * cause each unit's unavailability q is split: (1 - β) q alone, β q for all units at once, so no number of replicas gets
 * below β q (the beta factor model, K. Fleming 1975). A soft dependency is one that only a share h of the requests
 * needs: A_s · ((1 - h) + h · A_d).
 */
import { integer, optional, ratio, resolveOptions, show, text } from '../../core/options.ts'
import { integerBetween } from '../checks.ts'
import { type Block, blockOf } from './block.ts'
import { commonCause } from './common-cause.ts'
import { type Leaf, type Node, nothingKnown, replaced } from './node.ts'
import { type AvailabilityOf, leafOf, nodeIn, nodeOf, type StructurePart } from './part.ts'

export interface KOfNOptions {
  /** The share of each unit's unavailability that hits all units at once, from 0 to 1; often 0.01 to 0.1. Default 0. */
  readonly beta?: number
}

/**
 * Up while all parts are.
 *
 * A part is a ratio from 0 to 1, a report, null if its availability is unknown, or another structure. Throws a
 * `TypeError` for anything else, and without parts.
 *
 * ```ts
 * import { series } from 'holdfast/availability'
 * series(0.99, 0.99, 0.999).availability.toFixed(7) // => '0.9791199'
 * ```
 */
export function series<const P extends readonly StructurePart[]>(...parts: P): Block<AvailabilityOf<P[number]>> {
  const of = nodesOf('series', parts)
  return blockOf('series', { needed: of.length, of })
}

/**
 * Up while at least one part is.
 *
 * Takes the same arguments as `series`.
 *
 * ```ts
 * import { component, parallel, series } from 'holdfast/availability'
 * const db = component('db', 0.999)
 * // Two replicas on one database are not two systems.
 * parallel(series(0.99, db), series(0.99, db)).availability.toFixed(7) // => '0.9989001'
 * ```
 */
export function parallel<const P extends readonly StructurePart[]>(...parts: P): Block<AvailabilityOf<P[number]>> {
  return blockOf('parallel', { needed: 1, of: nodesOf('parallel', parts) })
}

/**
 * Up while at least `needed` parts are, alike or not. For `s` spares among `n` units use `kOfN(n - s, …)`.
 *
 * `needed` is an integer from 1 to the number of parts. With a `beta` above 0 each part has to be a single component
 * that appears nowhere else. Throws a `TypeError` otherwise.
 *
 * ```ts
 * import { kOfN, replicas } from 'holdfast/availability'
 * kOfN(2, replicas(3, 0.99)).unavailability.toFixed(6) // => '0.000298'
 * kOfN(1, replicas(2, 0.99), { beta: 0.1 }).unavailability.toFixed(7) // => '0.0010809'
 * ```
 */
export function kOfN<const P extends readonly StructurePart[]>(
  needed: number,
  parts: P,
  options?: KOfNOptions,
): Block<AvailabilityOf<P[number]>> {
  const { beta } = resolveOptions('kOfN', options, { beta: optional(ratio, 0) })
  const of = nodesOf('kOfN', parts)
  resolveOptions('kOfN', { needed }, { needed: integerBetween(1, of.length) })
  return blockOf('kOfN', beta === 0 ? { needed, of } : commonCause(needed, of, beta))
}

/**
 * A component with a name. Wherever that name appears in a structure, it is the same component: when it is down, it is
 * down in all places. Default of `part`: null, its availability is unknown.
 *
 * Throws a `TypeError` for an empty name, and for a structure.
 */
export function component<const P extends StructurePart = null>(name: string, part?: P): Block<AvailabilityOf<P>> {
  const checked = resolveOptions(
    'component',
    { name, part: part === undefined ? null : part },
    {
      name: text,
      part: (value, fail) =>
        nodeIn(value) === undefined ? leafOf(value, fail) : fail('a number from 0 to 1, null or a report'),
    },
  )
  return blockOf('component', { ...checked.part, name: checked.name })
}

/**
 * `count` independent units like this one. Their names get a number: `db/1`, `db/2`, as those of pool members.
 *
 * `count` is an integer >= 1. Each copy of a structure has its own components; put what all copies share outside of
 * it. Throws a `TypeError` otherwise.
 */
export function replicas<const P extends StructurePart>(count: number, part: P): readonly Block<AvailabilityOf<P>>[] {
  const checked = resolveOptions('replicas', { count, part }, { count: integer(1), part: nodeOf })
  return Array.from({ length: checked.count }, (_, index) => {
    const copies = new Map<Leaf, Leaf>()
    const copied = (leaf: Leaf): Leaf => {
      const copy = copies.get(leaf) ?? { ...leaf, name: leaf.name === null ? null : `${leaf.name}/${index + 1}` }
      copies.set(leaf, copy)
      return copy
    }
    return blockOf('replicas', replaced(checked.part, copied))
  })
}

/**
 * A dependency that only a share of the requests needs: a cache, recommendations.
 *
 * `share` is from 0 to 1. Default 0: no request needs it, because there is a fallback. It never takes the whole down,
 * so it is in no cut set; in the availability it counts by its share. Throws a `TypeError` otherwise.
 */
export function soft<const P extends StructurePart>(part: P, share = 0): Block<AvailabilityOf<P>> {
  const checked = resolveOptions('soft', { part, share }, { part: nodeOf, share: ratio })
  const without: Leaf = {
    name: null,
    label: null,
    upDown: [1 - checked.share, checked.share],
    facts: nothingKnown,
    silent: true,
  }
  return blockOf('soft', { needed: 1, of: [checked.part, without] })
}

/** The nodes of a list of parts; `part 2` is the second. */
function nodesOf(kind: string, parts: unknown): readonly Node[] {
  if (!Array.isArray(parts) || parts.length === 0) {
    const got = Array.isArray(parts) ? 'none' : show(parts)
    throw new TypeError(`${kind}: parts must be a list of one or more, got ${got}`)
  }
  const named = Object.fromEntries(parts.map((part, index) => [`part ${index + 1}`, part]))
  const checks = Object.fromEntries(Object.keys(named).map((name) => [name, nodeOf]))
  return Object.values(resolveOptions(kind, named, checks))
}
