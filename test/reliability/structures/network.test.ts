import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, parallel, series } from '../../../src/reliability/structures/blocks.ts'
import { cutSets, pathSets } from '../../../src/reliability/structures/cut-sets.ts'
import { network } from '../../../src/reliability/structures/network.ts'
import { near } from '../../support/near.ts'

const wires = [
  ['in', 'a'],
  ['in', 'b'],
  ['a', 'b'],
  ['a', 'out'],
  ['b', 'out'],
] as const
const bridge = (part: number, directed = false) =>
  network({ source: 'in', sink: 'out', directed, edges: wires.map(([from, to]) => ({ from, to, part })) })

/** Whether the sink is reached over edges that are up, by plain search. */
function reached(edges: readonly (readonly [string, string])[], directed: boolean): boolean {
  const seen = new Set(['0'])
  for (const at of seen) {
    for (const [from, to] of edges) {
      if (from === at) seen.add(to)
      if (to === at && !directed) seen.add(from)
    }
  }
  return seen.has('4')
}

describe('a network', () => {
  it('matches the closed form of a bridge', () => {
    const p = 0.9
    near(bridge(p).availability, 2 * p ** 2 + 2 * p ** 3 - 5 * p ** 4 + 2 * p ** 5, 'A', 1e-14)
    near(bridge(p).availability, 0.97848)
  })

  it('has fewer paths if its edges are directed', () => {
    expect(pathSets(bridge(0.9))).toHaveLength(4)
    expect(pathSets(bridge(0.9, true))).toHaveLength(3)
    expect(bridge(0.9, true).availability).toBeLessThan(bridge(0.9).availability)
  })

  it('is exact: agrees with an enumeration of all states of its edges', () => {
    const node = fc.integer({ min: 0, max: 4 }).map(String)
    const graphs = fc.record({
      edges: fc.array(fc.tuple(node, node), { minLength: 1, maxLength: 8 }),
      odds: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
      directed: fc.boolean(),
    })
    fc.assert(
      fc.property(graphs, ({ edges, odds, directed }) => {
        fc.pre(reached(edges, directed))
        const given = edges.map(([from, to], index) => ({ from, to, part: odds[index] as number }))
        let up = 0
        for (let bits = 0; bits < 2 ** edges.length; bits++) {
          const alive = edges.filter((_, index) => (bits >> index) & 1)
          if (!reached(alive, directed)) continue
          up += edges.reduce((chance, _, index) => {
            const one = odds[index] as number
            return chance * ((bits >> index) & 1 ? one : 1 - one)
          }, 1)
        }

        const block = network({ source: '0', sink: '4', edges: given, directed })
        expect(Math.abs(block.availability - up)).toBeLessThan(1e-12)
      }),
      { numRuns: 300 },
    )
  })

  it('can have nodes that fail, which are the components of their names', () => {
    const edges = [
      { from: 'gateway', to: 'a' },
      { from: 'gateway', to: 'b' },
      { from: 'a', to: 'db' },
      { from: 'b', to: 'db', part: 0.99 },
    ]
    const nodes = { gateway: 0.9999, a: 0.99, b: 0.99, db: component('database', 0.999) }
    const graph = network({ source: 'gateway', sink: 'db', edges, nodes })

    near(graph.availability, 0.9999 * 0.999 * (1 - 0.01 * (1 - 0.99 ** 2)), 'A', 1e-13)
    expect(cutSets(graph)).toEqual([['gateway'], ['database'], ['a', 'b'], ['a', 'b-db']])
    near(series(graph, component('database', 0.999)).availability, graph.availability, 'shared', 1e-14)
  })

  it('can have structures as nodes and edges, and edges that never fail', () => {
    const pair = parallel(0.9, 0.9)
    const graph = network({
      source: 's',
      sink: 't',
      edges: [{ from: 's', to: 't', part: pair }],
      nodes: { s: pair, t: { component: 'target', availability: 0.9 } },
    })

    near(graph.availability, 0.99 * 0.9)
    const perfect = network({ source: 's', sink: 't', edges: [{ from: 's', to: 't' }] })
    expect([perfect.availability, perfect.unavailability, cutSets(perfect), pathSets(perfect)]).toEqual([
      1,
      0,
      [],
      [[]],
    ])
  })

  it('is unknown if a part is, and its type says so', () => {
    const edges = [{ from: 's', to: 't', part: 0.9 }]
    const graph = network({ source: 's', sink: 't', edges, nodes: { s: null } })

    expect(graph.availability).toBeNull()
    expectTypeOf(graph).toEqualTypeOf<Block<number | null>>()
    expectTypeOf(network({ source: 's', sink: 't', edges })).toEqualTypeOf<Block<number>>()
  })

  it('needs a path to the sink', () => {
    const edges = [
      { from: 's', to: 'a' },
      { from: 't', to: 'a' },
    ]
    expect(() => network({ source: 's', sink: 't', edges, directed: true })).toThrow('network: sink must be reached')
    expect(network({ source: 's', sink: 't', edges }).availability).toBe(1)
  })

  it('refuses too many paths, including dead ends', () => {
    const complete = (count: number) =>
      Array.from({ length: count }, (_, from) =>
        Array.from({ length: from }, (_one, to) => ({ from: `${from}`, to: `${to}`, part: 0.9 })),
      ).flat()
    const many = 'network: there are more than 2000 ways to the sink, or too many that lead nowhere'

    expect(() => network({ source: '0', sink: '1', edges: complete(10) })).toThrow(new RangeError(many))
    expect(() => network({ source: '0', sink: 'x', edges: complete(10) })).toThrow(many)
  })

  it('with many paths is still computed fast', () => {
    // A grid of 4 × 4, corner to corner: 184 ways.
    const name = (x: number, y: number): string => `${x}${y}`
    const edges = [0, 1, 2, 3].flatMap((x) =>
      [0, 1, 2, 3].flatMap((y) => [
        ...(x < 3 ? [{ from: name(x, y), to: name(x + 1, y), part: 0.9 }] : []),
        ...(y < 3 ? [{ from: name(x, y), to: name(x, y + 1), part: 0.9 }] : []),
      ]),
    )
    const grid = network({ source: '00', sink: '33', edges })

    expect(pathSets(grid)).toHaveLength(184)
    expect(grid.method).toBe('exact')
    expect(grid.availability).toBeGreaterThan(0.975)
    expect(grid.availability).toBeLessThan(0.99 * 0.99)
  })

  it.each([
    [{ edges: [] }, 'network: edges must be a list of one edge or more, got an array'],
    [{ edges: 1 }, 'network: edges must be a list of one edge or more, got 1'],
    [{ edges: [1] }, 'network: edges must be a list of { from, to, part }, got an array'],
    [{ edges: [{ from: 's' }] }, 'network: to must be a non-empty string, got undefined'],
    [{ edges: [{ from: 's', to: 't', part: 2 }] }, 'network: part must be a number from 0 to 1'],
    [{ nodes: 1 }, 'network: nodes must be a record of parts, got 1'],
    [{ nodes: { a: 2 } }, 'network: nodes must be a number from 0 to 1'],
    [{ source: '' }, 'network: source must be a non-empty string, got ""'],
    [{ directed: 1 }, 'network: directed must be a boolean, got 1'],
  ])('refuses %j', (wrong, message) => {
    const right = { source: 's', sink: 't', edges: [{ from: 's', to: 't', part: 0.9 }] }
    expect(() => network({ ...right, ...wrong } as typeof right)).toThrow(message)
  })
})
