/**
 * A structure of the planner by states instead of probabilities.
 *
 * A gate that needs k of its parts is in the k-th best of their states, in the order up, degraded, unknown, maintenance,
 * down. That is three-valued logic with shades: with k known to serve it serves, degraded if a degraded one is among those
 * it needs; with fewer than k left that are not known to be out it is out, by maintenance if those in maintenance would
 * have been enough; else it is unknown. So the whole is monotone in its parts (multistate coherent systems, R. Barlow and
 * A. Wu 1978). A soft dependency that does not serve makes degraded what can do without it, and nothing more.
 * Invariant: the counts of a gate are those of its parts' present states, so a part that changes costs only the gates above
 * it that change too.
 */
import { show } from '../../core/options.ts'
import { isGate, type Leaf, type Node } from '../../reliability/structures/node.ts'
import { type Code, DEGRADED, DOWN, MAINTENANCE, states, UNKNOWN, UP } from '../timeline/states.ts'

/** From best to worst. */
const order: readonly Code[] = [UP, DEGRADED, UNKNOWN, MAINTENANCE, DOWN]

interface TreePart {
  state: Code
  /** The gates above it: one entry for each place in the tree. */
  readonly above: TreeGate[]
}

interface TreeGate extends TreePart {
  readonly needed: number
  readonly soft: boolean
  /** Of its parts, by state. */
  readonly counts: number[]
}

export class StateTree {
  /** The components it is made of, each once. */
  readonly names: readonly string[]
  readonly #leaves: readonly TreePart[]
  readonly #root: TreePart
  readonly #served: boolean

  /** `served`: a component in maintenance serves. Throws where a part is no component with a name. */
  constructor(kind: string, node: Node, served: boolean) {
    const leaves = new Map<string, TreePart>()
    const gates = new Map<Node, TreePart>()
    const made = (at: Node): TreePart => {
      if (!isGate(at)) return leafOf(at)
      const known = gates.get(at)
      if (known !== undefined) return known
      const of = at.of.filter((part) => isGate(part) || !part.silent)
      const soft = of.length < at.of.length
      const gate: TreeGate = { state: UNKNOWN, above: [], needed: at.needed, soft, counts: states.map(() => 0) }
      for (const part of of.map(made)) {
        part.above.push(gate)
        add(gate, part.state, 1)
      }
      gate.state = stateOf(gate)
      gates.set(at, gate)
      return gate
    }
    const leafOf = ({ name, label }: Leaf): TreePart => {
      if (name === null) {
        const got = label === null ? 'one without' : show(label)
        throw new TypeError(`${kind}: block must be made of components with names, got ${got}`)
      }
      const leaf = leaves.get(name) ?? { state: UNKNOWN, above: [] }
      leaves.set(name, leaf)
      return leaf
    }
    this.#root = made(node)
    this.names = [...leaves.keys()]
    this.#leaves = [...leaves.values()]
    this.#served = served
  }

  /** The state of the whole. */
  get state(): Code {
    return this.#root.state
  }

  /** Those known to be down. */
  get down(): readonly string[] {
    return this.names.filter((_, index) => this.#leaves[index]?.state === DOWN)
  }

  /** One component is in a state; by its place in `names`. */
  set(index: number, code: Code): void {
    move(this.#leaves[index] as TreePart, this.#served && code === MAINTENANCE ? UP : code)
  }

  /** All are in these states; gives that of the whole. */
  setAll(codes: readonly Code[]): Code {
    for (let index = 0; index < codes.length; index++) this.set(index, codes[index] as Code)
    return this.state
  }
}

function move(part: TreePart, state: Code): void {
  const before = part.state
  if (before === state) return
  part.state = state
  for (const gate of part.above) {
    add(gate, before, -1)
    add(gate, state, 1)
    move(gate, stateOf(gate))
  }
}

function add({ counts }: TreeGate, state: Code, by: number): void {
  counts[state] = (counts[state] as number) + by
}

function stateOf({ counts, needed, soft }: TreeGate): Code {
  let served = 0
  const found = order.find((code) => {
    served += counts[code] as number
    return served >= needed
  }) as Code
  if (!soft) return found
  return found === UP || found === UNKNOWN ? UP : DEGRADED
}
