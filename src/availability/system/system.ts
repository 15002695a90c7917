/**
 * The systems of a tracker: components that are made of others, by a structure.
 *
 * Invariant: no system is among its own parts, however far down.
 */
import { oneOf, optional, resolveOptions, show, text } from '../../core/options.ts'
import type { Block } from '../../reliability/structures/block.ts'
import { nodeIn } from '../../reliability/structures/part.ts'
import type { Watching } from '../sources/watch.ts'
import type { Stoppable } from '../state/running.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { StateTree } from './state-tree.ts'
import { SystemComponent } from './system-component.ts'

export interface SystemOptions {
  /** A part under maintenance does not serve, or it does, as where work is done without an interruption. Default `'out'`. */
  readonly maintenance?: 'out' | 'up'
}

const kind = 'availabilityTracker'

/**
 * Makes a component of others, by a structure: its state follows theirs, also when news about them is late. The values the
 * parts have in the structure do not matter.
 *
 * @throws TypeError if a part has no name, or a system is among its own parts.
 */
export function system(given: AnyTracker, name: string, block: Block, options?: SystemOptions): Watching {
  const tracker = stateOf('system', given)
  text(name, (expected) => refuse('name', expected, name))
  return tracker.keep(open(tracker, name, block, options))
}

function open(tracker: TrackerState, name: string, block: unknown, options: unknown): Stoppable {
  const { maintenance } = resolveOptions(kind, options, { maintenance: optional(oneOf('out', 'up'), 'out') })
  const node = nodeIn(block)
  if (node === undefined) throw new TypeError(`${kind}: block must be a structure, got ${show(block)}`)
  const tree = new StateTree(kind, node, maintenance === 'up')
  const { systems } = tracker
  if (systems.has(name)) throw new TypeError(`${kind}: name must be that of no other system, got ${show(name)}`)
  const path = pathTo(name, tree.names, systems, new Set())
  if (path !== undefined) {
    throw new TypeError(`${kind}: block must not depend on the system itself, got ${[name, ...path].join(' > ')}`)
  }
  systems.set(name, tree.names)
  const made = new SystemComponent(tracker, tracker.component(name), tree)
  return {
    stop: () => {
      systems.delete(name)
      made.stop()
    },
  }
}

/** From one of the components `names` down to `wanted`. */
function pathTo(
  wanted: string,
  names: readonly string[],
  systems: TrackerState['systems'],
  seen: Set<string>,
): readonly string[] | undefined {
  for (const name of names) {
    if (name === wanted) return [name]
    if (seen.has(name)) continue
    seen.add(name)
    const path = pathTo(wanted, systems.get(name) ?? [], systems, seen)
    if (path !== undefined) return [name, ...path]
  }
  return undefined
}

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`${kind}: ${what} must be ${expected}, got ${show(given)}`)
}
