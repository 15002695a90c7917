/**
 * What a structure is made of: components, and gates that serve while enough of what is under them does.
 *
 * Series is a gate that needs all, parallel one that needs one. A component may stand in several places: leaves of one
 * name are the same component, and so is a leaf that is met again.
 */

/** What a report knows of a component beside its availability. */
export interface Facts {
  readonly failures: number | null
  /** MTTD / MTTR: the part of a recovery that passes before anybody knows. */
  readonly detection: number | null
}

export interface Leaf {
  /** Null where nobody gave one; then it is itself alone. */
  readonly name: string | null
  /** How it is shown where it has no name; null for its place, `#1`. */
  readonly label: string | null
  /** The probabilities; null where nobody knows. */
  readonly upDown: UpDown | null
  readonly facts: Facts
  /** Not a component: the part of the requests that can do without one. It is in no cut set and has no importance. */
  readonly silent: boolean
}

export interface GateNode {
  readonly needed: number
  readonly of: readonly Node[]
}

export type Node = Leaf | GateNode

/** The probabilities of being up and of being down: both, for 1 minus the one has lost the digits of the other. */
export type UpDown = readonly [up: number, down: number]

export const nothingKnown: Facts = { failures: null, detection: null }

export function isGate(node: Node): node is GateNode {
  return 'of' in node
}

/** The same structure with other leaves. */
export function replaced(node: Node, by: (leaf: Leaf) => Node): Node {
  return isGate(node) ? { needed: node.needed, of: node.of.map((child) => replaced(child, by)) } : by(node)
}

/** The structure as people see it: without the leaves that are no components, which are taken as up. */
export function withoutSilent(node: Node): Node {
  if (!isGate(node)) return node.silent ? sure : node
  const parts = node.of.map(withoutSilent)
  const left = parts.filter((part) => !isGate(part) || part.needed > 0)
  const needed = node.needed - (parts.length - left.length)
  return needed > 0 ? { needed, of: left } : sure
}

/** Always up. */
const sure: GateNode = { needed: 0, of: [] }
