/**
 * The systems of a tracker: components that are made of others, by a structure.
 *
 * Invariant: no system is among its own parts, however far down.
 */
import { oneOf, optional, resolveOptions, show } from '../../core/options.ts'
import { nodeIn } from '../../reliability/structures/part.ts'
import type { Watching } from '../feeds/watch.ts'
import type { Ledger } from '../ledger.ts'
import { System } from './system.ts'
import { Tree } from './tree.ts'

export interface SystemOptions {
  /** A part under maintenance does not serve, or it does, as where work is done without an interruption. Default `'out'`. */
  readonly maintenance?: 'out' | 'up'
}

const kind = 'availabilityTracker'

export class Systems {
  readonly #parts = new Map<string, readonly string[]>()

  /** The names of all components that stand behind a system. */
  get parts(): ReadonlySet<string> {
    return new Set([...this.#parts.values()].flat())
  }

  open(ledger: Ledger, name: string, block: unknown, options: unknown): Watching {
    const { maintenance } = resolveOptions(kind, options, { maintenance: optional(oneOf('out', 'up'), 'out') })
    const node = nodeIn(block)
    if (node === undefined) throw new TypeError(`${kind}: block must be a structure, got ${show(block)}`)
    const tree = new Tree(kind, node, maintenance === 'up')
    if (this.#parts.has(name)) throw new TypeError(`${kind}: name must be that of no other system, got ${show(name)}`)
    const way = this.#way(tree.names, name, new Set())
    if (way !== undefined) {
      const path = [name, ...way].join(' > ')
      throw new TypeError(`${kind}: block must not depend on the system itself, got ${path}`)
    }
    this.#parts.set(name, tree.names)
    const system = new System(ledger, ledger.component(name), tree)
    return {
      stop: () => {
        this.#parts.delete(name)
        system.stop()
      },
    }
  }

  /** From one of these components down to `wanted`. */
  #way(names: readonly string[], wanted: string, seen: Set<string>): readonly string[] | undefined {
    for (const name of names) {
      if (name === wanted) return [name]
      if (seen.has(name)) continue
      seen.add(name)
      const way = this.#way(this.#parts.get(name) ?? [], wanted, seen)
      if (way !== undefined) return [name, ...way]
    }
    return undefined
  }
}
