import {
  burnFactor,
  burnRate,
  burnTiers,
  detectionTime,
  maximumBurnRate,
  resetTime,
  timeToExhaustion,
} from 'holdfast/objectives'
import { downtimeBudget } from 'holdfast/reliability'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { vectors } from './vectors.ts'

const standard = burnTiers('30d', 0.999).tiers
const tierOf = (name: string) => standard.find((tier) => tier.name === name) as (typeof standard)[number]

describe('the tiers of a period', () => {
  it('of 30 days are those of the workbook', () => {
    for (const vector of vectors.tierSets['30d'] ?? []) {
      const tier = tierOf(vector.name)
      expect(tier).toMatchObject({ long: vector.longMs, short: vector.shortMs, budget: vector.budgetFraction })
      near(tier.factor, vector.burnRate, vector.name)
    }
    expect(standard.map(({ severity }) => severity)).toEqual(['page', 'page', 'ticket', 'ticket'])
    expect(standard.map((tier) => [tier.for, tier.hold / tier.short])).toEqual(new Array(4).fill([0, 0.5]))
  })

  it.each(Object.keys(vectors.tierSets))(
    'of %s have factors of a constant budget, where their windows are given',
    (name) => {
      const period = name as '30d'
      const set = vectors.tierSets[name] as (typeof vectors.tierSets)['30d'] & object
      const given = set.map(({ name, budgetFraction: budget, longMs: long }) => ({ name, budget, long }))

      const { tiers, leftOut } = burnTiers(period, 0.999, { tiers: given })

      expect(leftOut).toEqual([])
      for (const [index, vector] of set.entries()) {
        const tier = tiers[index]
        near(tier?.factor, vector.burnRate, vector.name)
        near(tier?.short, vector.shortMs, 'short')
        near(burnFactor(vector.budgetFraction, period, vector.longMs), vector.burnRate)
        near(timeToExhaustion(period, tier?.factor as number), vector.exhaustsInMs, 'exhaustion')
      }
    },
  )

  it('of less than 30 days shrink with it, so that no factor falls below 1', () => {
    for (const days of [28, 7, 1]) {
      const { tiers } = burnTiers(`${days}d`, 0.999)
      for (const [index, tier] of tiers.entries()) {
        near(tier.factor, standard[index]?.factor as number)
        near(tier.long, ((standard[index]?.long as number) * days) / 30)
        near(tier.factor, burnFactor(tier.budget, `${days}d`, tier.long))
      }
    }
  })

  it('of more than 30 days keep their windows, with greater factors', () => {
    const set = vectors.tierSets['90d'] ?? []
    for (const [index, tier] of burnTiers('90d', 0.999).tiers.entries()) {
      near(tier.factor, set[index]?.burnRate as number)
      expect(tier.long).toBe(set[index]?.longMs)
    }
  })
})

describe('a tier that can never fire', () => {
  it.each(vectors.feasibility30d)('at $slo is left out of the default, and listed', ({ slo, maxBurn, thresholds }) => {
    const { tiers, leftOut } = burnTiers('30d', slo)

    near(maximumBurnRate(slo), maxBurn)
    expect(tiers.map(({ name }) => name)).toEqual(thresholds.filter(({ canFire }) => canFire).map(({ tier }) => tier))
    expect(leftOut.map(({ name }) => name)).toEqual(
      thresholds.filter(({ canFire }) => !canFire).map(({ tier }) => tier),
    )
    for (const { tier, errorRatio } of thresholds.filter(({ errorRatio }) => errorRatio <= 1)) {
      near(burnRate(errorRatio, slo), tierOf(tier).factor, tier)
    }
  })

  it('is refused in the options', () => {
    const tiers = [{ name: 'fast', budget: 0.02, long: '1h' }] as const

    expect(() => burnTiers('30d', 0.9, { tiers })).toThrow(
      new TypeError('burnTiers: tier "fast" can never fire: its factor is 14.4, a total outage burns at 10'),
    )
    expect(() => burnTiers('30d', 0.95, { tiers: [{ name: 'a', factor: 20, long: '1h' }] })).toThrow('can never fire')
    expect(burnTiers('30d', 0.95, { tiers: [{ name: 'a', factor: 19.9, long: '1h' }] }).tiers[0]?.budget).toBeCloseTo(
      0.02764,
      5,
    )
  })
})

describe('tiers in the options', () => {
  it('derive what is left out from the rest', () => {
    const [tier] = burnTiers('30d', 0.99, {
      tiers: [{ name: 'a', severity: 'ticket', factor: 2, long: '2h', short: '20m', for: '1m', hold: 0 }],
    }).tiers

    expect(tier).toEqual({
      name: 'a',
      severity: 'ticket',
      factor: 2,
      budget: 4 / 720,
      long: 7_200_000,
      short: 1_200_000,
      for: 60_000,
      hold: 0,
    })
  })

  it.each([
    ['no array', {}, 'tiers must be an array of tiers'],
    ['no tier', [1], 'a tier must be an object'],
    ['one without a name', [{ factor: 2, long: '1h' }], 'tier: name must be a non-empty string, got undefined'],
    ['a strange severity', [{ name: 'a', severity: 'mail', factor: 2, long: '1h' }], "severity must be one of 'page'"],
    [
      'a budget of nothing',
      [{ name: 'a', budget: 0, long: '1h' }],
      'budget must be a number above 0 and at most 1, got 0',
    ],
    ['neither of both', [{ name: 'a', long: '1h' }], 'tier: either budget or factor must be given'],
    ['both', [{ name: 'a', long: '1h', budget: 0.1, factor: 2 }], 'tier: either budget or factor must be given'],
    ['too long a window', [{ name: 'a', factor: 2, long: '31d' }], 'long must be a duration no longer than the period'],
    ['no window', [{ name: 'a', factor: 2 }], 'long must be a duration > 0, got undefined'],
    ['a short one that is long', [{ name: 'a', factor: 2, long: '1h', short: '1h' }], 'short must be below long'],
    ['a misspelled option', [{ name: 'a', factor: 2, lnog: '1h' }], '"lnog" is not an option, did you mean long?'],
    [
      'a name twice',
      [
        { name: 'a', factor: 2, long: '1h' },
        { name: 'a', factor: 3, long: '1h' },
      ],
      'tiers must have unique names, got "a" twice',
    ],
  ])('are refused: %s', (_what, tiers, message) => {
    expect(() => burnTiers('30d', 0.99, { tiers: tiers as never })).toThrow(message)
  })

  it('need a period and a target', () => {
    expect(() => burnTiers(0, 0.99)).toThrow('burnTiers: period must be a duration > 0, got 0')
    expect(() => burnTiers('30d', 1)).toThrow('burnTiers: target must be a number above 0 and below 1, got 1')
  })
})

describe('the formulas', () => {
  it.each(vectors.scenarios)(
    'agree with the worked scenario: $label',
    ({ slo, errorRatio, durationMs, budgetConsumed30d, tiers }) => {
      near((burnRate(errorRatio, slo) * durationMs) / (30 * 86_400_000), budgetConsumed30d, 'consumed')
      for (const vector of tiers) {
        const tier = tierOf(vector.tier)
        const needs = detectionTime(tier, slo, errorRatio)
        expect(needs !== null && needs < durationMs, vector.tier).toBe(vector.fires)
        if (!vector.fires && vector.wouldNeedMs === undefined) {
          expect([needs, resetTime(tier, slo, errorRatio)]).toEqual([null, null])
          continue
        }
        near(needs, (vector.detectMs ?? vector.wouldNeedMs) as number, `${vector.tier} detection`)
        if (!vector.fires) continue
        near(resetTime(tier, slo, errorRatio), vector.resetShortOnlyMs as number, 'reset')
        near(
          resetTime({ ...tier, short: tier.long }, slo, errorRatio),
          vector.resetLongOnlyMs as number,
          'reset of long',
        )
      }
    },
  )

  it('show why one window is not enough', () => {
    const {
      slo,
      windowMs,
      burnRate: factor,
      budgetFraction,
      detectTotalOutageMs,
      resetMs,
    } = vectors.singleWindowExample
    const tier = { long: windowMs, short: windowMs, factor }

    near(burnFactor(budgetFraction, '30d', windowMs), factor)
    near(detectionTime(tier, slo, 1), detectTotalOutageMs)
    near(resetTime(tier, slo, 1), resetMs)
  })

  it('compute budgets', () => {
    for (const { slo, windowMs, budgetMs } of vectors.budgets) near(downtimeBudget(slo, windowMs), budgetMs)
    const cases = vectors.openslo.cases.filter(({ badMinutesAllowed }) => badMinutesAllowed !== undefined)
    for (const { windowMinutes, target, badMinutesAllowed } of cases) {
      near(downtimeBudget(target as number, (windowMinutes as number) * 60_000) / 60_000, badMinutesAllowed as number)
    }
    expect(cases).toHaveLength(2)
  })

  it('correct errors in published tables', () => {
    for (const { sli, goal, trueBurn } of vectors.sloGenerator.ex) near(burnRate(1 - sli, goal), trueBurn, 'burn', 1e-9)
    near((timeToExhaustion('30d', 14.4) as number) / 3_600_000, 50)
    expect(vectors.publishedSlips.some(({ claim }) => claim.includes('in 2 hours'))).toBe(true)
    near(burnRate(1, 0.9999999), 1e7, 'burn', 1e-15)
  })

  it('compute when a budget is spent', () => {
    expect(timeToExhaustion('30d', 0)).toBeNull()
    expect(timeToExhaustion('10h', 2, 0.5)).toBe(9_000_000)
    expect(timeToExhaustion('10h', 2, -1)).toBe(0)
    expect(() => timeToExhaustion('10h', 2, 1.5)).toThrow('timeToExhaustion: remaining must be a number <= 1, got 1.5')
    expect(() => timeToExhaustion('10h', -1)).toThrow('burnRate must be a finite number >= 0')
  })

  it('detect nothing without errors', () => {
    expect(detectionTime(tierOf('page-fast'), 0.999, 0)).toBeNull()
    expect(resetTime(tierOf('page-fast'), 0.999, 0)).toBeNull()
    expect(() => burnRate(2, 0.99)).toThrow('burnRate: errorRatio must be a number from 0 to 1, got 2')
    expect(() => detectionTime({ long: 0, short: 1, factor: 1 }, 0.9, 1)).toThrow('detectionTime: long must be')
  })
})
