/** The components of a structure, each once, in the order of their first appearance. */
import { show } from '../../core/options.ts'
import { isGate, type Leaf, type Node } from './node.ts'

export class Inventory {
  readonly leaves: Leaf[] = []
  readonly #places = new Map<Leaf | string, number>()

  /** Throws if one name has two availabilities. */
  constructor(kind: string, node: Node) {
    this.#add(kind, node)
  }

  /** The index of a component in `leaves`. */
  of(leaf: Leaf): number {
    return this.#places.get(leaf.name ?? leaf) as number
  }

  /** How results and messages name it. */
  label(place: number): string {
    const { name, label } = this.leaves[place] as Leaf
    return name ?? label ?? `#${place + 1}`
  }

  #add(kind: string, node: Node): void {
    if (isGate(node)) {
      for (const child of node.of) this.#add(kind, child)
      return
    }
    const place = this.of(node)
    if (place === undefined) {
      this.#places.set(node.name ?? node, this.leaves.length)
      this.leaves.push(node)
      return
    }
    const known = this.leaves[place] as Leaf
    if (known.upDown?.[1] === node.upDown?.[1]) return
    const given = [known, node].map(({ upDown }) => show(upDown?.[0] ?? null)).join(' and ')
    throw new TypeError(`${kind}: component ${show(node.name)} must have one availability, got ${given}`)
  }
}
