/** Every case of the Markov vectors. */
import { describe, expect, it } from 'vitest'
import { markov } from '../../../src/reliability/markov/markov.ts'
import { repairable } from '../../../src/reliability/markov/repairable.ts'
import type { RepairableOptions } from '../../../src/reliability/markov/repairable-options.ts'
import vectors from '../../data/availability-markov.json' with { type: 'json' }
import { near } from '../../support/near.ts'

interface Vector {
  readonly id: string
  readonly n?: number
  readonly k?: number
  readonly lambda: number
  readonly mu: number
  readonly crews?: number
  readonly standby?: string
  readonly p?: readonly number[]
  readonly availability?: number
  readonly unavailability?: number
  readonly failureFrequency?: number
  readonly mut?: number
  readonly mdt?: number
  readonly mttfBothUp?: number
  readonly mttfAllUp?: number
  readonly [field: string]: unknown
}

const hour = 3_600_000
const all = vectors.cases as unknown as readonly Vector[]
const done = new Set<string>()

function vector(id: string): Vector {
  const found = all.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  done.add(id)
  return found
}

function optionsOf({ n, k, lambda, mu, crews, standby, id }: Vector): RepairableOptions {
  return {
    units: n as number,
    needed: k as number,
    failureRate: lambda,
    repairRate: mu,
    ...(crews === undefined ? {} : { crews }),
    standby: standby === undefined ? 'hot' : standby === 'cold' ? 'cold' : 0.3,
    suspend: id.includes('suspended'),
  }
}

describe('published results of repairable units', () => {
  const chains = all.filter(({ n }) => n !== undefined).map(({ id }) => id)

  it.each(chains)('%s', (id) => {
    const given = vector(id)
    const found = repairable(optionsOf(given))

    for (const [count, probability] of (given.p ?? []).entries()) {
      near(found.stateProbabilities[count], probability, `p(${count})`, 1e-12)
    }
    near(found.availability, given.availability as number, 'availability', 1e-13)
    if (given.unavailability !== undefined) near(found.unavailability, given.unavailability, 'unavailability', 1e-13)
    if (given.failureFrequency !== undefined) near(found.failureFrequency, given.failureFrequency, 'frequency', 1e-12)
    if (given.mut !== undefined) near(found.mut / hour, given.mut, 'mut', 1e-12)
    if (given.mdt !== undefined) near(found.mdt / hour, given.mdt, 'mdt', 1e-12)
    const mttf = given.mttfBothUp ?? given.mttfAllUp
    if (mttf !== undefined) near(found.mttf / hour, mttf, 'mttf', 1e-12)
  })

  it('single-unit: at an instant, over an interval, and in the long run', () => {
    const given = vector('single-unit')
    const unit = repairable({ failureRate: given.lambda, repairRate: given.mu })

    near(unit.availability, given['steady'] as number, 'steady', 1e-13)
    for (const [time, expected] of given['instantaneous'] as [number, number][]) {
      near(unit.instantaneous(time * hour).availability, expected, `at ${time}`, 1e-12)
    }
    for (const [time, expected] of given['interval'] as [number, number][]) {
      near(unit.interval(time * hour).availability, expected, `over ${time}`, 1e-12)
    }
  })

  it('1oo2-imperfect-coverage', () => {
    const given = vector('1oo2-imperfect-coverage')
    const found = repairable({
      units: 2,
      failureRate: given.lambda,
      repairRate: given.mu,
      crews: given.crews as number,
      coverage: given['coverage'] as number,
      detection: hour / (given['uncoveredRecoveryRate'] as number),
    })

    for (const [index, probability] of [...found.stateProbabilities, found.unnoticed].entries()) {
      near(probability, given.p?.[index] as number, `p(${index})`, 1e-12)
    }
    near(found.availability, given.availability as number, 'availability', 1e-13)
  })

  it('three-state-degraded', () => {
    const given = vector('three-state-degraded')
    const rates = given['rates'] as Readonly<Record<string, number>>
    const rate = (from: string, to: string): number => rates[`${from}->${to}`] as number
    const chain = {
      up: { down: rate('up', 'down'), degraded: rate('up', 'degraded') },
      degraded: { up: rate('degraded', 'up'), down: rate('degraded', 'down') },
      down: { up: rate('down', 'up') },
    }
    const found = markov({ service: { up: 1, degraded: 0.5, down: 0 }, rates: chain })

    for (const [index, state] of (['up', 'degraded', 'down'] as const).entries()) {
      near(found.probabilities[state], given.p?.[index] as number, state, 1e-12)
    }
    near(found.availability, given['weighted05'] as number, 'weighted', 1e-13)
    const binary = markov({ service: { up: 1, degraded: 1, down: 0 }, rates: chain })
    near(binary.availability, given['binaryAvailability'] as number, 'binary', 1e-13)
  })

  it('are all covered', () => {
    expect([...done].sort()).toEqual(all.map(({ id }) => id).sort())
  })
})
