/**
 * A common cause takes all units of a group down at once: a bad release, an expired certificate, one rack.
 *
 * Of each unit's unavailability q, the share (1 - β) q is its own, and β q is that of a component they all need. For
 * units that differ, the common part uses the geometric mean of their q, as is usual.
 */
import { type GateNode, isGate, type Leaf, type Node, nothingKnown, type UpDown } from './node.ts'

/** A gate over single components, in series with their common cause. */
export function commonCause(needed: number, units: readonly Node[], beta: number): GateNode {
  if (units.some(isGate))
    throw new TypeError('kOfN: parts must be single components where there is a beta, got a structure')
  const leaves = units as readonly Leaf[]
  return { needed: 2, of: [{ needed, of: leaves.map((leaf) => ownPart(leaf, beta)) }, causeOf(leaves, beta)] }
}

/** A unit without its share of the common cause. */
export function ownPart(leaf: Leaf, beta: number): Leaf {
  return { ...leaf, upDown: leaf.upDown === null ? null : split((1 - beta) * leaf.upDown[1]) }
}

/** The common cause of the units, as a component. */
export function causeOf(units: readonly Leaf[], beta: number): Leaf {
  const names = units.flatMap(({ name }) => name ?? [])
  const label = names.length === 0 ? 'common cause' : `common cause of ${names.join(', ')}`
  const logarithms = units.map(({ upDown }) => (upDown === null ? Number.NaN : Math.log(upDown[1])))
  const mean = Math.exp(logarithms.reduce((sum, logarithm) => sum + logarithm, 0) / units.length)
  return {
    name: null,
    label,
    upDown: Number.isNaN(mean) ? null : split(beta * mean),
    facts: nothingKnown,
    silent: false,
  }
}

function split(down: number): UpDown {
  return [1 - down, down]
}
