/** Every case of the composition vectors, by the functions users have. */
import { describe, expect, it } from 'vitest'
import { repairable } from '../../../src/reliability/markov/repairable.ts'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, kOfN, parallel, replicas, series, soft } from '../../../src/reliability/structures/blocks.ts'
import { cutSetBounds, cutSets, pathSets } from '../../../src/reliability/structures/cut-sets.ts'
import { importance } from '../../../src/reliability/structures/importance.ts'
import { network } from '../../../src/reliability/structures/network.ts'
import vectors from '../../data/availability-composition.json' with { type: 'json' }
import { near } from '../../support/near.ts'

interface Vector {
  readonly id: string
  readonly model: string
  readonly a?: number | readonly number[]
  readonly n?: number
  readonly k?: number
  readonly s?: number
  readonly availability?: number
  readonly unavailability?: number
  readonly [field: string]: unknown
}

const all = vectors.cases as unknown as readonly Vector[]
const done = new Set<string>()

function vector(id: string): Vector {
  const found = all.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  done.add(id)
  return found
}

function check(block: Block, { id, availability, unavailability }: Vector): void {
  if (availability !== undefined) near(block.availability, availability, id, 1e-12)
  if (unavailability !== undefined) near(block.unavailability, unavailability, id, 1e-11)
}

const parts = ({ a, n }: Vector): readonly number[] =>
  typeof a === 'number' ? new Array<number>(n as number).fill(a) : (a as readonly number[])
const inOrder = (sets: readonly (readonly string[])[]) => sets.map((set) => [...set].sort()).sort()
const of = (...models: readonly string[]): readonly string[] =>
  all.filter(({ model }) => models.includes(model)).map(({ id }) => id)

describe('published results of structures', () => {
  it.each(of('series').filter((id) => id !== 'trivedi-n3-series'))('%s', (id) => {
    check(series(...parts(vector(id))), vector(id))
  })

  it('trivedi-n3-series, from MTBF and MTTR', () => {
    const given = vector('trivedi-n3-series')
    const unit = repairable({ mtbf: `${given['mtbfH'] as number}h`, mttr: `${given['mttrH'] as number}h` })

    near(unit.availability, given['unit'] as number, 'unit', 1e-12)
    check(series(...replicas(given.n as number, unit)), given)
  })

  it.each(of('parallel'))('%s', (id) => {
    check(parallel(...parts(vector(id))), vector(id))
  })

  it.each(of('kOfN'))('%s', (id) => {
    check(kOfN(vector(id).k as number, parts(vector(id))), vector(id))
  })

  it.each(all.filter(({ id }) => id.startsWith('aws-spares')).map(({ id }) => id))('%s, exactly', (id) => {
    const { n = 0, s = 0, ...given } = vector(id)
    const block = kOfN(n - s, replicas(n, given.a as number))

    near(block.availability, given['exact'] as number, id, 1e-12)
    const approximate = 1 - (given['approx'] as number)
    near(approximate / block.unavailability - 1, given['relativeErrorOfUnavailability'] as number, id, 1e-5)
  })

  it('bridge-0.99, as a network', () => {
    const given = vector('bridge-0.99')
    const p = (given.a as readonly number[]).map((a, index) => component(`${index + 1}`, a))
    const ends = [
      ['in', 'a'],
      ['in', 'b'],
      ['a', 'b'],
      ['a', 'out'],
      ['b', 'out'],
    ] as const
    const edges = ends.map(([from, to], index) => ({ from, to, part: p[index] as Block<number> }))
    const bridge = network({ source: 'in', sink: 'out', edges })
    const bounds = cutSetBounds(bridge)

    check(bridge, given)
    expect(bridge.method).toBe('exact')
    expect(inOrder(cutSets(bridge))).toEqual(
      inOrder((given['minimalCutSets'] as number[][]).map((set) => set.map(String))),
    )
    expect(inOrder(pathSets(bridge))).toEqual([
      ['1', '3', '5'],
      ['1', '4'],
      ['2', '3', '4'],
      ['2', '5'],
    ])
    near(bounds.rareEvent, given['rareEventUnavailability'] as number, 'rare event', 1e-12)
    near(bounds.availability, given['esaryProschanAvailabilityLowerBound'] as number, 'bound', 1e-13)
    for (const { component: name, birnbaum } of importance(bridge)) {
      near(birnbaum, (given['birnbaum'] as number[])[Number(name) - 1] as number, name)
    }
  })

  it('service-graph, with importances', () => {
    const given = vector('service-graph')
    const nodes = given['nodes'] as Readonly<Record<string, number>>
    const node = (name: string) => component(name, nodes[name] as number)
    const service = series(
      node('gw'),
      parallel(node('auth1'), node('auth2')),
      node('orders'),
      kOfN(2, [node('db1'), node('db2'), node('db3')]),
      soft(node('cache')),
    )
    const ranked = importance(service)

    check(service, given)
    expect(cutSets(service)).toEqual(given['minimalCutSets'])
    expect(ranked.map(({ component: name }) => name)).toEqual([
      'orders',
      'gw',
      'db1',
      'db2',
      'db3',
      'auth1',
      'auth2',
      'cache',
    ])
    for (const { component: name, birnbaum, criticality } of ranked) {
      near(birnbaum, (given['birnbaum'] as Record<string, number>)[name] as number, `birnbaum ${name}`, 1e-8)
      near(criticality, (given['criticality'] as Record<string, number>)[name] as number, `criticality ${name}`, 1e-8)
    }
  })

  it.each(of('beta factor, 3 redundant, q=.001'))('%s', (id) => {
    const given = vector(id)
    const block = kOfN(1, replicas(3, 0.999), { beta: given['beta'] as number })

    near(block.unavailability, given['exactUnavailability'] as number, id, 1e-11)
  })

  it('beta-raid-inputs, with a split rate', () => {
    const given = vector('beta-raid-inputs')
    const [rate, beta] = [0.017, 0.08]
    const survives = (share: number): number => Math.exp(-share * rate)
    const alone = { availability: survives(1), unavailability: -Math.expm1(-rate) }
    const own = { availability: survives(1 - beta), unavailability: -Math.expm1(-(1 - beta) * rate) }
    const both = { availability: survives(beta), unavailability: -Math.expm1(-beta * rate) }

    near(parallel(...replicas(2, alone)).unavailability, given['independentOnly'] as number)
    near(series(parallel(...replicas(2, own)), both).unavailability, given['unreliability'] as number)
  })

  it('retry-independent', () => {
    const given = vector('retry-independent')

    check(parallel(...replicas(given['tries'] as number, 0.99)), given)
  })

  it('are all covered', () => {
    expect([...done].sort()).toEqual(all.map(({ id }) => id).sort())
  })
})
