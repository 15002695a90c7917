/**
 * Changes to a structure: more units like one of its components, and a common cause of them.
 *
 * Units are added to the gate that contains the component, if that gate needs fewer than all of its parts. Otherwise
 * the component becomes a gate of its own that needs one. `needed` stays as it is, also for a quorum.
 */
import { causeOf, ownPart } from './common-cause.ts'
import type { Inventory } from './inventory.ts'
import { isGate, type Leaf, type Node, replaced } from './node.ts'

/** The structure with `count` more units like the component at `place`, wherever it appears. */
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

/** Whether the component is a part of a gate that needs fewer than all of its parts. */
function unitsOf(gate: Node, inventory: Inventory, place: number): boolean {
  if (!isGate(gate) || gate.needed === gate.of.length) return false
  return gate.of.some((part) => !isGate(part) && inventory.of(part) === place)
}

/**
 * The structure in which the component and the units of its gates have a common cause; null if some of these units are
 * structures, for which a common cause is not defined.
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
