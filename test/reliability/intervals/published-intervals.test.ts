/** Every case of the vectors of confidence intervals; what they print with twelve digits is held to 1e-10. */
import { describe, expect, it } from 'vitest'
import { chiSquareQuantile, fQuantile } from '../../../src/reliability/distributions/quantiles.ts'
import { availabilityInterval } from '../../../src/reliability/intervals/availability-interval.ts'
import { failureRatePosterior } from '../../../src/reliability/intervals/failure-rate-posterior.ts'
import { failureTrend } from '../../../src/reliability/intervals/failure-trend.ts'
import { mtbfInterval, mttrInterval } from '../../../src/reliability/intervals/mean-interval.ts'
import { requestInterval } from '../../../src/reliability/intervals/request-interval.ts'
import vectors from '../../data/availability-mtbf-ci.json' with { type: 'json' }
import { near } from '../../support/near.ts'

const hour = 3_600_000
const year = 8760

interface Factors {
  readonly lowerFactorOnT: number
  readonly upperFactorOnT: number | null
  readonly lowerOnMtbfHat: number | null
  readonly upperOnMtbfHat: number | null
  readonly oneSidedLowerFactorOnT: number
}

type FactorsByLevel = Readonly<Record<string, Factors | null>>
interface FactorRow {
  readonly failures: number
  readonly timeCensored: FactorsByLevel
  readonly failureCensored: FactorsByLevel
}

interface Worked {
  readonly id: string
  readonly T: number
  readonly failures: number
  readonly confidence: number
  readonly type: 'time' | 'failure'
  readonly mtbfHat?: number
  readonly expect?: { readonly lower: number; readonly upper: number }
  readonly oneSidedLower?: number
  readonly twoSidedLower?: number
}

const rows = vectors.factors as unknown as readonly FactorRow[]
const worked = vectors.worked as unknown as readonly Worked[]

describe('χ²', () => {
  it('has the quantiles of the published table', () => {
    for (const [p, degrees, expected] of vectors.chi2Quantiles as [number, number, number][]) {
      near(chiSquareQuantile(p, degrees), expected, `χ²(${p}; ${degrees})`, 1e-12)
    }
  })
})

describe.each([
  ['time', 'timeCensored'],
  ['failure', 'failureCensored'],
] as const)('an MTBF watched until a %s', (censoring, column) => {
  it.each(rows.map((row) => [row.failures, row[column]] as const))('with %i failures', (failures, levels) => {
    for (const [level, factors] of Object.entries(levels)) {
      const options = { uptime: 1000, failures, censoring, confidence: Number(level) }
      const both = mtbfInterval(options)
      const lower = mtbfInterval({ ...options, sided: 'lower' })
      if (factors === null) {
        expect([both.lower, both.upper, lower.lower]).toEqual([null, null, null])
        continue
      }
      near(both.lower, factors.lowerFactorOnT * 1000, `lower at ${level}`, 1e-10)
      near(lower.lower, factors.oneSidedLowerFactorOnT * 1000, `lower alone at ${level}`, 1e-10)
      if (factors.upperFactorOnT === null) expect(both.upper).toBeNull()
      else near(both.upper, factors.upperFactorOnT * 1000, `upper at ${level}`, 1e-10)
      if (both.estimate === null) continue
      near((both.lower as number) / both.estimate, factors.lowerOnMtbfHat as number, 'lower on the estimate', 1e-10)
      near((both.upper as number) / both.estimate, factors.upperOnMtbfHat as number, 'upper on the estimate', 1e-10)
    }
  })
})

describe('the worked examples', () => {
  it.each(worked.map((one) => [one.id, one] as const))('%s', (_id, given) => {
    const options = {
      uptime: given.T * hour,
      failures: given.failures,
      confidence: given.confidence,
      censoring: given.type,
    }
    const both = mtbfInterval(options)
    const lower = mtbfInterval({ ...options, sided: 'lower' })
    const hours = (ms: number | null): number => (ms ?? Number.NaN) / hour

    if (given.expect !== undefined) {
      near(hours(both.lower), given.expect.lower, 'lower', 1e-10)
      near(hours(both.upper), given.expect.upper, 'upper', 1e-10)
    }
    if (given.mtbfHat !== undefined) near(hours(both.estimate), given.mtbfHat, 'estimate', 1e-10)
    if (given.oneSidedLower !== undefined) near(hours(lower.lower), given.oneSidedLower, 'lower alone', 1e-10)
    if (given.twoSidedLower !== undefined) near(hours(both.lower), given.twoSidedLower, 'lower of two', 1e-10)
  })

  it('have the same factors for repairs: an open one ends by the clock, otherwise the last repair ends it', () => {
    for (const given of worked) {
      if (given.expect === undefined) continue
      const options = { downtime: given.T, repairs: given.failures, confidence: given.confidence }
      const repair = mttrInterval({ ...options, open: given.type === 'time' })

      near(repair.lower, given.expect.lower, 'lower', 1e-10)
      near(repair.upper, given.expect.upper, 'upper', 1e-10)
    }
  })
})

describe('the Bayesian estimate', () => {
  it.each(vectors.driveStats.rows.map((row) => [row.model, row] as const))('of %s', (_model, row) => {
    const { driveDays, failures } = row
    const { failureRate, upper } = failureRatePosterior({ uptime: `${driveDays}d`, failures })

    near(failureRate * year * 100, row.posteriorMeanPercent, 'mean', 1e-9)
    near(upper * year * 100, row.upper95Percent, 'upper', 1e-9)
    near((failures / (driveDays / 365)) * 100, row.afrPercent, 'annual rate', 1e-9)
  })
})

describe('request ratios', () => {
  it.each(vectors.proportions.map((row) => [`${row.good}/${row.total}`, row] as const))('%s', (_name, row) => {
    const { good, total } = row
    for (const [method, [low, high]] of [
      ['wilson', row.wilson95],
      ['clopper-pearson', row.clopperPearson95],
    ] as ['wilson' | 'clopper-pearson', [number, number]][]) {
      const { availability, unavailability } = requestInterval({ good, total, method })

      near(availability.estimate, row.ratio, 'ratio', 1e-14)
      near(availability.lower, low, `${method} lower`, 1e-10)
      near(availability.upper, high, `${method} upper`, 1e-10)
      expect(unavailability.lower).toBeCloseTo(1 - (availability.upper as number), 15)
    }
    if (row.zeroBad95OneSidedUpperUnavail === undefined) return
    const exact = requestInterval({ good, total, method: 'clopper-pearson', sided: 'lower' })
    near(exact.unavailability.upper, row.zeroBad95OneSidedUpperUnavail, 'without a bad one', 1e-10)
    near(exact.unavailability.upper, row.ruleOfThree as number, 'the rule of three', 0.02)
  })
})

describe('availability from cycles', () => {
  it.each(vectors.availabilityCI.map((row) => [row.cycles, row] as const))('%i of them', (cycles, row) => {
    const { availability } = availabilityInterval({ cycles, meanUp: row.meanUp, meanDown: row.meanDown })

    near(fQuantile(0.975, 2 * cycles, 2 * cycles, 0.025), row.f975, 'F', 5e-12)
    near(availability.estimate, row.availability, 'estimate', 1e-13)
    near(availability.lower, row.lower95, 'lower', 1e-10)
    near(availability.upper, row.upper95, 'upper', 1e-10)
  })
})

describe('the trend of failures', () => {
  it('is the published one', () => {
    const { interarrival, expect: expected } = vectors.trend.laplace
    const failures = interarrival.map(
      (_, index) => interarrival.slice(0, index + 1).reduce((sum, gap) => sum + gap) * hour,
    )
    const { laplace, beta, lambda, verdict } = failureTrend({ failures })

    near(laplace, expected.failureTruncatedU, 'U', 1e-8)
    near(beta, expected.powerLawBetaMle, 'β', 1e-8)
    near(lambda, expected.lambdaHat, 'λ', 2e-8)
    expect(verdict).toBe('worsening')
  })
})
