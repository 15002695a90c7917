/** A structure, made by `series`, `parallel` and the others. Structures can be nested. */
import { show } from '../../core/options.ts'
import { Inventory } from './inventory.ts'
import { Model, type PlanMethod } from './model.ts'
import type { Node } from './node.ts'
import { nodeIn } from './part.ts'

export interface Block<A extends number | null = number | null> {
  /** A ratio from 0 to 1, if components fail independently; null if one of them is unknown. */
  readonly availability: A
  /** 1 - availability, with all its digits. */
  readonly unavailability: A
  /**
   * `'exact'`, or `'bound'` if the structure is too entangled for an exact result: then the availability is a lower
   * bound, and the unavailability an upper one.
   */
  readonly method: PlanMethod
  /** Its components and gates; for the functions of this library. */
  readonly '~node': Node
}

/** Computes numbers when they are read. Throws at once if one name has two availabilities. */
export function blockOf<A extends number | null>(kind: string, node: Node): Block<A> {
  const inventory = new Inventory(kind, node)
  let model: Model | undefined
  const made = (): Model => {
    model ??= new Model(node, inventory)
    return model
  }
  return {
    get availability() {
      return (made().upDown()?.[0] ?? null) as A
    },
    get unavailability() {
      return (made().upDown()?.[1] ?? null) as A
    },
    get method() {
      return made().method
    },
    '~node': node,
  }
}

/** The model of a structure. Throws a `TypeError` for anything else. */
export function modelOf(kind: string, block: unknown): Model {
  const node = nodeIn(block)
  if (node === undefined) throw new TypeError(`${kind}: block must be a structure, got ${show(block)}`)
  return new Model(node, new Inventory(kind, node))
}
