/**
 * Changes to a structure: more units like one of its components, and a cause they have in common.
 *
 * A unit is added to the gate its model stands in, if that gate can do without a part; else the component becomes a
 * gate of its own, which needs one. `needed` stays: whoever counts votes has to count again.
 */
import { causeOf, ownPart } from './common-cause.ts'
import type { Inventory } from './inventory.ts'
import { isGate, type Leaf, type Node, replaced } from './node.ts'

/** The structure with so many more units like the component at `place`, wherever it stands. */
export function withMore(node: Node, inventory: Inventory, place: number, count: number): Node {
  if (count === 0) return node
  const copies = Array.from({ length: count }, (_, index): Leaf => {
    return { ...(inventory.leaves[place] as Leaf), name: null, label: `${inventory.label(place)} (new ${index + 1})` }
  })
  const walk = (at: Node): Node => {
    if (!isGate(at)) return inventory.of(at) === place ? { needed: 1, of: [at, ...copies] } : at
    if (!unitsOf(at, inventory, place)) return { needed: at.needed, of: at.of.map(walk) }
    const own = at.of.map((part) => (isGate(part) ? walk(part) : part))
    return { needed: at.needed, of: [...own, ...copies] }
  }
  return walk(node)
}

/** Whether a gate has the component as a unit it can do without. */
function unitsOf(gate: Node, inventory: Inventory, place: number): boolean {
  if (!isGate(gate) || gate.needed === gate.of.length) return false
  return gate.of.some((part) => !isGate(part) && inventory.of(part) === place)
}

/**
 * The structure in which the units beside the component have a common cause; null where some of them are structures, of
 * which nobody can say what they have in common.
 */
export function withCommonCause(node: Node, inventory: Inventory, place: number, beta: number): Node | null {
  const units = new Map<number, Leaf>()
  let mixed = false
  const walk = (at: Node): void => {
    if (!isGate(at)) return
    at.of.forEach(walk)
    if (!unitsOf(at, inventory, place)) return
    for (const part of at.of) {
      if (isGate(part)) mixed = true
      else units.set(inventory.of(part), part)
    }
  }
  walk(node)
  if (mixed) return null
  if (units.size === 0) return node
  const cause = causeOf([...units.values()], beta)
  return replaced(node, (leaf) =>
    units.has(inventory.of(leaf)) ? { needed: 2, of: [ownPart(leaf, beta), cause] } : leaf,
  )
}
