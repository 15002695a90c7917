/**
 * A structure given as a graph: up while a path leads from the source to the sink on which all edges and nodes are up.
 *
 * The paths without a loop become parallel series of components, which may appear in several of them. Their number can
 * grow exponentially, so it is limited.
 */
import { boolean, type Check, type Fail, isRecord, optional, resolveOptions, text } from '../../core/options.ts'
import { type Block, blockOf } from './block.ts'
import { isGate, type Node } from './node.ts'
import { type AvailabilityOf, nodeOf, type StructurePart } from './part.ts'

export interface NetworkEdge<P extends StructurePart = StructurePart> {
  readonly from: string
  readonly to: string
  /** What the edge needs to be up. Default: nothing, the edge never fails. */
  readonly part?: P
}

export interface NetworkOptions<N extends StructurePart = StructurePart, E extends StructurePart = StructurePart> {
  readonly source: string
  readonly sink: string
  /** At least one. */
  readonly edges: readonly NetworkEdge<E>[]
  /** The nodes that can fail, including source and sink; each is the component of its name. Default: none. */
  readonly nodes?: Readonly<Record<string, N>>
  /** Whether edges lead only from `from` to `to`, as calls do, or both ways, as wires do. Default false: both. */
  readonly directed?: boolean
}

const mostWays = 2000
/** Steps of the search, dead ends included. */
const mostSteps = 200_000

/**
 * A structure from a graph.
 *
 * Throws a `TypeError` for options out of bounds and if no path leads to the sink, and a `RangeError` for more than
 * 2000 paths.
 *
 * ```ts
 * import { network } from 'holdfast/availability'
 * const edges = [
 *   { from: 'in', to: 'a', part: 0.99 },
 *   { from: 'in', to: 'b', part: 0.99 },
 *   { from: 'a', to: 'b', part: 0.99 },
 *   { from: 'a', to: 'out', part: 0.99 },
 *   { from: 'b', to: 'out', part: 0.99 },
 * ]
 * network({ source: 'in', sink: 'out', edges }).availability.toFixed(10) // => '0.9997980498'
 * ```
 */
export function network<N extends StructurePart = never, E extends StructurePart = never>(
  options: NetworkOptions<N, E>,
): Block<AvailabilityOf<N> | AvailabilityOf<E>> {
  const { source, sink, edges, nodes, directed } = resolveOptions('network', options, {
    source: text,
    sink: text,
    edges: edgesCheck,
    nodes: optional(nodesCheck, new Map<string, Node>()),
    directed: optional(boolean, false),
  })
  const ways = waysBetween(source, sink, directed ? edges : edges.flatMap(bothWays), nodes)
  return blockOf('network', { needed: 1, of: ways.map((way) => ({ needed: way.length, of: way })) })
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly nodes: readonly Node[]
}

function bothWays(edge: Edge): readonly Edge[] {
  return [edge, { ...edge, from: edge.to, to: edge.from }]
}

const edgesCheck: Check<readonly Edge[]> = (value, fail) => {
  if (!Array.isArray(value) || value.length === 0) return fail('a list of one edge or more')
  return value.map((given: unknown) => {
    if (!isRecord(given)) return fail('a list of { from, to, part }')
    const { from, to, part } = resolveOptions('network', given, {
      from: text,
      to: text,
      part: optional(nodeOf, undefined),
    })
    if (part === undefined) return { from, to, nodes: [] }
    return { from, to, nodes: [isGate(part) ? part : { ...part, label: `${from}-${to}` }] }
  })
}

const nodesCheck: Check<ReadonlyMap<string, Node>> = (value, fail) => {
  if (!isRecord(value)) return fail('a record of parts')
  return new Map(Object.entries(value).map(([name, part]) => [name, named(name, nodeOf(part, fail as Fail))]))
}

function named(name: string, node: Node): Node {
  return isGate(node) ? node : { ...node, name: node.name ?? name }
}

function waysBetween(source: string, sink: string, edges: readonly Edge[], nodes: ReadonlyMap<string, Node>) {
  const found: (readonly Node[])[] = []
  let steps = 0
  const passed = new Set<string>()
  const walk = (at: string, way: readonly Node[]): void => {
    if (++steps > mostSteps || found.length > mostWays) {
      throw new RangeError(`network: there are more than ${mostWays} ways to the sink, or too many that lead nowhere`)
    }
    const own = nodes.get(at)
    const here = own === undefined ? way : [...way, own]
    if (at === sink) {
      found.push(here)
      return
    }
    passed.add(at)
    for (const edge of edges) if (edge.from === at && !passed.has(edge.to)) walk(edge.to, [...here, ...edge.nodes])
    passed.delete(at)
  }
  walk(source, [])
  if (found.length === 0) throw new TypeError('network: sink must be reached from the source, and no way leads there')
  return found
}
