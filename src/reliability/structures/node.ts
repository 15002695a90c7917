/**
 * The tree of a structure: leaves are components, and a gate is up while at least `needed` of its parts are.
 *
 * Series is a gate that needs all parts, parallel one that needs one. A component may appear in several places: leaves
 * of one name are the same component, and so is one leaf object that appears twice.
 */

/** What a report says about a component in addition to its availability. */
export interface Facts {
  readonly failures: number | null
  /** MTTD / MTTR: the share of a recovery that passes before the failure is detected. */
  readonly detection: number | null
}

export interface Leaf {
  /** Null if it has none; then the leaf object itself identifies the component. */
  readonly name: string | null
  /** How to show it if it has no name; null for its place, `#1`. */
  readonly label: string | null
  /** Null if unknown. */
  readonly upDown: UpDown | null
  readonly facts: Facts
  /** Not a component, but the share of requests that do not need one. It is in no cut set and has no importance. */
  readonly silent: boolean
}

export interface GateNode {
  readonly needed: number
  readonly of: readonly Node[]
}

export type Node = Leaf | GateNode

/** The probabilities of being up and of being down: both, because 1 minus the one loses the digits of the other. */
export type UpDown = readonly [up: number, down: number]

export const nothingKnown: Facts = { failures: null, detection: null }

export function isGate(node: Node): node is GateNode {
  return 'of' in node
}

/** The same structure with replaced leaves. */
export function replaced(node: Node, by: (leaf: Leaf) => Node): Node {
  return isGate(node) ? { needed: node.needed, of: node.of.map((child) => replaced(child, by)) } : by(node)
}

/** The structure of components only: silent leaves are taken as up. */
export function withoutSilent(node: Node): Node {
  if (!isGate(node)) return node.silent ? sure : node
  const parts = node.of.map(withoutSilent)
  const left = parts.filter((part) => !isGate(part) || part.needed > 0)
  const needed = node.needed - (parts.length - left.length)
  return needed > 0 ? { needed, of: left } : sure
}

/** Always up. */
const sure: GateNode = { needed: 0, of: [] }
