import fc from 'fast-check'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { BirthDeathChain } from '../../../src/reliability/markov/birth-death-chain.ts'
import { type Repairable, repairable } from '../../../src/reliability/markov/repairable.ts'
import { stationary } from '../../../src/reliability/markov/stationary.ts'
import { series } from '../../../src/reliability/structures/blocks.ts'
import { near } from '../../support/near.ts'

const hour = 3_600_000

const options = fc
  .record({
    units: fc.integer({ min: 1, max: 7 }),
    needed: fc.integer({ min: 1, max: 7 }),
    failureRate: fc.double({ min: 1e-4, max: 5, noNaN: true }),
    repairRate: fc.double({ min: 1e-2, max: 5, noNaN: true }),
    crews: fc.integer({ min: 1, max: 8 }),
    standby: fc.double({ min: 0, max: 1, noNaN: true }),
    coverage: fc.double({ min: 0, max: 1, noNaN: true }),
    detection: fc.integer({ min: 1, max: 10 * hour }),
    suspend: fc.boolean(),
  })
  .map((given) => ({ ...given, needed: Math.min(given.needed, given.units) }))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('units that are repaired', () => {
  it('have probabilities that add up, and consistent times', () => {
    fc.assert(
      fc.property(options, (given) => {
        const found = repairable(given)

        expect(found.stateProbabilities).toHaveLength(given.units + 1)
        expect(sum(found.stateProbabilities) + found.unnoticed).toBeCloseTo(1, 12)
        expect(found.availability + found.unavailability).toBeCloseTo(1, 12)
        expect(found.mut / (found.mut + found.mdt)).toBeCloseTo(found.availability, 12)
        expect(hour / (found.mut + found.mdt) / found.failureFrequency).toBeCloseTo(1, 12)
      }),
    )
  })

  it('have the stationary probabilities of the chain, state by state', () => {
    fc.assert(
      fc.property(options, (given) => {
        const found = repairable(given)
        const chain = new BirthDeathChain({ ...given, detection: given.detection / hour })
        const shares = stationary(chain.rates()) as readonly number[]
        const counts = found.stateProbabilities.length

        for (const [index, probability] of found.stateProbabilities.entries()) {
          expect(Math.abs(probability - (shares[index] as number))).toBeLessThanOrEqual(1e-11 * probability)
        }
        expect(sum(shares.slice(counts))).toBeCloseTo(found.unnoticed, 12)
      }),
    )
  })

  it('have the mean time to failure that linear equations give', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 5, max: 50 }), fc.integer({ min: 0, max: 9 }), (any, rate, covered) => {
        // Rare failures make the equations, not the chain, lose their digits.
        const given = { ...any, failureRate: rate / 10, coverage: covered / 9 }
        const chain = new BirthDeathChain({ ...given, detection: given.detection / hour })
        const rates = chain.rates()
        const size = chain.upStates
        // (total) h(i) - Σ rate(i, j) h(j) = 1 over the states that are up.
        const rows = Array.from({ length: size }, (_, from) => {
          const row = rates[from] as readonly number[]
          return [...Array.from({ length: size }, (_one, to) => (to === from ? sum(row) : -(row[to] as number))), 1]
        })
        const time = solved(rows)[0] as number
        expect(repairable(given).mttf / hour / time).toBeCloseTo(1, 6)
      }),
    )
  })

  it('match a chain of two states at an instant and over an interval', () => {
    const [failureRate, repairRate] = [0.001, 0.1]
    const unit = repairable({ failureRate, repairRate })
    const both = failureRate + repairRate

    expect(unit.instantaneous(0)).toEqual({ availability: 1, unavailability: 0 })
    for (const time of [1, 10, 1000]) {
      const gone = -Math.expm1(-both * time)
      near(unit.instantaneous(`${time}h`).unavailability, (failureRate / both) * gone, `at ${time}`, 1e-12)
    }
    near(unit.interval('1h').availability, 0.999516416735, 'the first hour', 1e-12)
    near(unit.interval('1000000d').unavailability, unit.unavailability, 'the long run', 1e-6)
  })

  it('converge from all up to the stationary probabilities, for any chain', () => {
    fc.assert(
      fc.property(options, (given) => {
        const found = repairable(given)
        near(found.instantaneous('3650d').unavailability, found.unavailability, 'after ten years', 1e-9)
      }),
      { numRuns: 50 },
    )
  })

  it('agree with a simulation', () => {
    const given = {
      units: 3,
      needed: 2,
      failureRate: 0.2,
      repairRate: 1,
      crews: 1,
      standby: 0.5,
      coverage: 0.8,
    } as const
    const found = repairable({ ...given, detection: '30m' })
    const chain = new BirthDeathChain({ ...given, detection: 0.5, suspend: false })
    const seen = simulated(chain, 400_000)

    expect(seen.up).toBeCloseTo(found.availability, 2)
    expect(seen.mdt / (found.mdt / hour)).toBeCloseTo(1, 1)
    expect(seen.first / (found.mttf / hour)).toBeCloseTo(1, 1)
  })

  it('have for one unit the availability MTBF / (MTBF + MTTD + MTTR)', () => {
    const unit = repairable({ mtbf: '100h', mttr: '2h', detection: '1h' })

    near(unit.availability, 100 / 103, 'A', 1e-14)
    near(unit.mdt, 3 * hour, 'mdt', 1e-14)
    near(unit.mttf, 100 * hour, 'mttf', 1e-14)
    near(unit.unnoticed, 1 / 103, 'unnoticed', 1e-14)
    // Half the detection is worth as much as a quarter of the repair.
    near(repairable({ mtbf: '100h', mttr: '1.5h', detection: '1h' }).availability, 100 / 102.5, 'repair', 1e-14)
    near(repairable({ mtbf: '100h', mttr: '2h', detection: '30m' }).availability, 100 / 102.5, 'detection', 1e-14)
  })

  it('are down until an unmasked failure is noticed', () => {
    const pair = { units: 2, mtbf: '1000h', mttr: '10h', detection: '1h' } as const
    const [perfect, blind] = [repairable({ ...pair, coverage: 1 }), repairable({ ...pair, coverage: 0 })]

    near(perfect.availability, repairable({ units: 2, mtbf: '1000h', mttr: '10h' }).availability, 'perfect', 1e-15)
    expect(perfect.unnoticed).toBe(0)
    // Two failures in a thousand hours, an hour each.
    near(blind.unnoticed, 0.002, 'blind', 0.05)
    near(repairable(pair).availability, blind.availability, 'nothing said', 1e-15)
  })

  it('are more available with a crew for each, and with cold spares', () => {
    const pair = { units: 2, failureRate: 0.1, repairRate: 1 } as const

    near(repairable(pair).availability, 1 - (0.1 / 1.1) ** 2, 'two crews', 1e-14)
    near(repairable({ ...pair, crews: 1 }).availability, 0.983607, 'one crew', 1e-6)
    near(repairable({ ...pair, crews: 1 }).mttf / hour, 65, 'MTTF', 1e-13)
    near(repairable({ ...pair, crews: 1, standby: 'cold' }).availability, 0.990991, 'cold', 1e-6)
    near(repairable({ ...pair, crews: 1, standby: 'cold' }).mttf / hour, 120, 'cold MTTF', 1e-13)
  })

  it('can be many, and almost always down', () => {
    const many = repairable({ units: 1000, needed: 1, failureRate: 1000, repairRate: 0.001 })

    expect(many.unavailability).toBeCloseTo(Math.exp(-1000e-6), 6)
    expect(() => many.instantaneous('1h')).toThrow(
      new RangeError('repairable: a chain may have 201 states to be followed in time, this has 1001'),
    )
    near(repairable({ units: 200, needed: 180, mtbf: '100h', mttr: '1h' }).interval('1h').availability, 1, 'many', 1e-9)
  })

  it('can be parts of structures', () => {
    const pair = repairable({ units: 2, mtbf: '1000h', mttr: '10h' })

    near(series(pair, 0.999).availability, pair.availability * 0.999, 'A', 1e-14)
  })

  it('give null if a measurement is missing, and their types say so', () => {
    const report = { mtbf: null, mttr: { recovery: 600_000 } } as {
      readonly mtbf: number | null
      readonly mttr: { readonly recovery: number | null }
    }
    const found = repairable({ units: 2, mtbf: report.mtbf, mttr: report.mttr.recovery })
    const nothing = { availability: null, unavailability: null }

    expect(found).toMatchObject({
      ...nothing,
      mttf: null,
      mut: null,
      mdt: null,
      failureFrequency: null,
      unnoticed: null,
    })
    expect(found.stateProbabilities).toEqual([null, null, null])
    expect([found.instantaneous('1h'), found.interval('1h')]).toEqual([nothing, nothing])
    expect(repairable({ failureRate: 1, repairRate: null }).availability).toBeNull()
    expect(repairable({ failureRate: 1, repairRate: 1, coverage: 0.9, detection: null }).availability).toBeNull()
    expectTypeOf(found).toEqualTypeOf<Repairable<number | null>>()
    expectTypeOf(repairable({ mtbf: '1h', mttr: '1m' })).toEqualTypeOf<Repairable>()
  })

  it.each([
    [{ units: 0 }, 'repairable: units must be an integer from 1 to 1000, got 0'],
    [{ units: 2, needed: 3 }, 'repairable: needed must be an integer from 1 to 2, got 3'],
    [{ needed: 0 }, 'repairable: needed must be an integer >= 1, got 0'],
    [{ mtbf: undefined }, 'repairable: mtbf must be a duration > 0 where failureRate is not given, got undefined'],
    [{ mtbf: '0s' }, 'repairable: mtbf must be a duration > 0 or null, got "0s"'],
    [{ failureRate: 1 }, 'repairable: mtbf must be left out where failureRate is given, got 3600000'],
    [{ failureRate: 0 }, 'repairable: failureRate must be a finite number > 0 or null, got 0'],
    [{ mttr: undefined }, 'repairable: mttr must be a duration > 0 where repairRate is not given, got undefined'],
    [{ repairRate: -1 }, 'repairable: repairRate must be a finite number > 0 or null, got -1'],
    [{ crews: 0 }, 'repairable: crews must be an integer >= 1, got 0'],
    [{ standby: 'warm' }, `repairable: standby must be 'hot', 'cold' or a number from 0 to 1, got "warm"`],
    [{ coverage: 2 }, 'repairable: coverage must be a number from 0 to 1, got 2'],
    [{ coverage: 0.9 }, 'repairable: detection must be a duration > 0 where coverage is below 1, got undefined'],
    [{ suspend: 1 }, 'repairable: suspend must be a boolean, got 1'],
    [{ unit: 1 }, 'repairable: "unit" is not an option, did you mean units?'],
  ])('refuse %j', (wrong, message) => {
    expect(() => repairable({ mtbf: '1h', mttr: '1m', ...wrong } as { mtbf: '1h' })).toThrow(message)
  })

  it('refuse invalid times', () => {
    const unit = repairable({ mtbf: '1h', mttr: '1m' })

    expect(() => unit.instantaneous(-1)).toThrow('instantaneous: time must be a duration >= 0, got -1')
    expect(() => unit.interval(0)).toThrow('interval: time must be a duration > 0, got 0')
  })
})

/** By elimination, with the largest pivot. */
function solved(rows: readonly number[][]): readonly number[] {
  const left = rows.map((row) => [...row])
  const size = left.length
  for (let column = 0; column < size; column++) {
    const pivot = left
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column] as number) > Math.abs(best[column] as number) ? row : best))
    left.splice(left.indexOf(pivot), 1)
    left.splice(column, 0, pivot)
    for (const [index, row] of left.entries()) {
      if (index === column) continue
      const factor = (row[column] as number) / (pivot[column] as number)
      for (let at = column; at <= size; at++) row[at] = (row[at] as number) - factor * (pivot[at] as number)
    }
  }
  return left.map((row, index) => (row[size] as number) / (row[index] as number))
}

/** Walks the chain: the share of time up, the mean time down, and the mean time from all up to the first failure after it. */
function simulated(
  chain: BirthDeathChain,
  jumps: number,
): { readonly up: number; readonly mdt: number; readonly first: number } {
  const random = seededRandom(7)
  const rates = chain.rates()
  const time = { up: 0, down: 0 }
  const firsts: number[] = []
  let failures = 0
  let state = 0
  let since: number | null = 0
  for (let jump = 0; jump < jumps; jump++) {
    const row = rates[state] as readonly number[]
    const total = sum(row)
    const stay = -Math.log(1 - random()) / total
    const serves = state < chain.upStates
    time[serves ? 'up' : 'down'] += stay
    const choice = random() * total
    const next = row.findIndex((_, to) => choice < sum(row.slice(0, to + 1)))
    const now = time.up + time.down
    if (state === 0 && since === null) since = now - stay
    if (serves && next >= chain.upStates) {
      failures++
      if (since !== null) firsts.push(now - since)
      since = null
    }
    state = next
  }
  return { up: time.up / (time.up + time.down), mdt: time.down / failures, first: sum(firsts) / firsts.length }
}
