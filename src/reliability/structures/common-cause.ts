/**
 * What takes all units of a group down at once: a bad release, an expired certificate, one rack.
 *
 * Of each unit's unavailability q the part (1 - β) q is its own, and β q that of a component they all need. Units that
 * differ have the geometric mean of their q for it, as is usual for unlike ones.
 */
import { type GateNode, isGate, type Leaf, type Node, nothingKnown, type UpDown } from './node.ts'

/** A gate over single components with a common cause beside them. */
export function commonCause(needed: number, units: readonly Node[], beta: number): GateNode {
  if (units.some(isGate))
    throw new TypeError('kOfN: parts must be single components where there is a beta, got a structure')
  const leaves = units as readonly Leaf[]
  return { needed: 2, of: [{ needed, of: leaves.map((leaf) => ownPart(leaf, beta)) }, causeOf(leaves, beta)] }
}

/** A unit without what it has in common with the others. */
export function ownPart(leaf: Leaf, beta: number): Leaf {
  return { ...leaf, upDown: leaf.upDown === null ? null : split((1 - beta) * leaf.upDown[1]) }
}

/** What the units have in common, as a component of its own. */
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
