/**
 * A structure prepared for computing probabilities and minimal sets.
 *
 * If the parts of a gate share no component, the gate counts them. If they share one, the gate becomes a decision
 * diagram, in which a part that shares nothing with the rest is one variable. Both are exact.
 */
import { Diagram, type DiagramNode } from './diagram.ts'
import type { Inventory } from './inventory.ts'
import { type MinimalSets, type SetFamily, single } from './minimal-sets.ts'
import { type GateNode, isGate, type Node, type UpDown } from './node.ts'
import { threshold } from './threshold.ts'

export interface Compiled {
  /** False if a diagram exceeded its limit: then only sets can be computed, by `compiledForSets`. */
  readonly exact: boolean
  /** From the probabilities of the components, by their places. */
  upDown(leaves: readonly UpDown[]): UpDown
  /** The minimal cut or path sets. */
  sets(work: MinimalSets): SetFamily
}

/** How often each component appears in a part. */
type LeafCounts = ReadonlyMap<number, number>

/** For probabilities and sets, if no diagram takes more than `most` steps. */
export function compiled(node: Node, inventory: Inventory, most: number): Compiled {
  if (!isGate(node)) return alone(inventory.of(node))
  const distinct = node.of.reduce((sum, child) => sum + countsOf(child, inventory).size, 0)
  if (distinct > countsOf(node, inventory).size) return asked(node, inventory, most)
  return counted(
    node.needed,
    node.of.map((child) => compiled(child, inventory, most)),
  )
}

/** For sets only: treats each place as a component of its own, because the sets merge equal components. */
export function compiledForSets(node: Node, inventory: Inventory): Compiled {
  if (!isGate(node)) return alone(inventory.of(node))
  return counted(
    node.needed,
    node.of.map((child) => compiledForSets(child, inventory)),
  )
}

function alone(place: number): Compiled {
  return { exact: true, upDown: (leaves) => leaves[place] as UpDown, sets: () => single(place) }
}

function counted(needed: number, parts: readonly Compiled[]): Compiled {
  return {
    exact: parts.every(({ exact }) => exact),
    upDown: (leaves) =>
      threshold(
        needed,
        parts.map((part) => part.upDown(leaves)),
      ),
    sets: (work) =>
      work.some(
        work.mode === 'path' ? needed : parts.length - needed + 1,
        parts.map((part) => part.sets(work)),
      ),
  }
}

function asked(gate: GateNode, inventory: Inventory, most: number): Compiled {
  const diagram = new Diagram(most)
  const counts = countsOf(gate, inventory)
  const variables: Compiled[] = []
  const numbers = new Map<unknown, number>()
  const placeOf = (node: Node): DiagramNode => {
    const shared = [...countsOf(node, inventory)].some(([leaf, count]) => counts.get(leaf) !== count)
    if (isGate(node) && (node === gate || shared)) return diagram.threshold(node.needed, node.of.map(placeOf))
    const key = isGate(node) ? node : inventory.of(node)
    const number = numbers.get(key) ?? variables.push(compiled(node, inventory, most)) - 1
    numbers.set(key, number)
    return diagram.variable(number)
  }
  const root = placeOf(gate)
  return {
    exact: !diagram.entangled && variables.every(({ exact }) => exact),
    upDown: (leaves) =>
      diagram.upDown(
        root,
        variables.map((variable) => variable.upDown(leaves)),
      ),
    sets: (work) =>
      work.filled(
        diagram.sets(root, work),
        variables.map((variable) => variable.sets(work)),
      ),
  }
}

function countsOf(node: Node, inventory: Inventory): LeafCounts {
  const counts = new Map<number, number>()
  const walk = (at: Node): void => {
    if (isGate(at)) {
      at.of.forEach(walk)
      return
    }
    const place = inventory.of(at)
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  walk(node)
  return counts
}
