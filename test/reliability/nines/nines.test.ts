import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPercent } from '../../../src/reliability/nines/format-percent.ts'
import { countedNines, downtimeBudget, nines } from '../../../src/reliability/nines/nines.ts'
import vectors from '../../data/availability-nines.json' with { type: 'json' }
import { near } from '../../support/near.ts'

describe('nines and budgets', () => {
  it.each(vectors.rows.map((row) => [row.target, row] as const))('of %d are those of the vectors', (target, row) => {
    near(nines(target), row.nines, 'nines', 1e-11)
    expect(countedNines(target)).toBe(row.countedNines)
    for (const [name, budget] of Object.entries(row.downtimeMs)) {
      const window = vectors.windowsMs[name as keyof typeof vectors.windowsMs]
      near(downtimeBudget(target, window), budget, name, 1e-14)
    }
  })

  it('correct errors in published tables', () => {
    const [seed, , , , itwissen] = vectors.checks
    const minutes = (target: number, window: `${number}d`): number => downtimeBudget(target, window) / 60_000

    near(minutes(0.9999, '365d'), seed?.correctMinutes365d as number, 'a year', 1e-12)
    near(minutes(0.9999, '365.25d'), seed?.correctMinutes36525d as number, 'a Julian year', 1e-12)
    near(minutes(0.995, '365d') / 60, itwissen?.correctHours365d as number, 'hours', 1e-12)
    // The others, in the order of the file.
    expect(['30d', '90d', '7d', '1d'].map((window) => minutes(0.9999, window as '30d').toFixed(3))).toEqual([
      '4.320',
      '12.960',
      '1.008',
      '0.144',
    ])
    near(downtimeBudget(0.99999, '1d'), 864, 'a day', 1e-15)
    near(downtimeBudget(0.99999, '1h'), 36, 'an hour', 1e-15)
    expect([0.999, 0.9995, 0.9999, 0.99999].map((target) => minutes(target, '365d').toFixed(3))).toEqual([
      '525.600',
      '262.800',
      '52.560',
      '5.256',
    ])
    expect(
      [minutes(0.99, '30d') / 60, minutes(0.999, '30d'), minutes(0.999, `${365 / 12}d`)].map((x) => x.toFixed(1)),
    ).toEqual(['7.2', '43.2', '43.8'])
  })

  it('convert downtime back to the ratio', () => {
    for (const row of vectors.inverse) {
      const [down, window] = [
        (row.downtimeMinutes ?? 0) + 60 * (row.downtimeHours ?? 0),
        (row.windowMinutes ?? 0) + 60 * (row.windowHours ?? 0),
      ]
      near(1 - down / window, row.availability, row.note, 1e-12)
      near(downtimeBudget(row.availability, window), down, row.note, 1e-9)
    }
  })

  it('are null without downtime, and 0 with nothing but downtime', () => {
    expect([nines(1), countedNines(1), downtimeBudget(1, '30d')]).toEqual([null, null, 0])
    expect([nines(0), countedNines(0), downtimeBudget(0, '1h')]).toEqual([0, 0, 3_600_000])
    expect(nines(0.25)).toBeCloseTo(0.1249, 4)
  })

  it('refuse an invalid ratio or window', () => {
    expect(() => nines(99.9)).toThrow('nines: availability must be a number from 0 to 1, got 99.9')
    expect(() => downtimeBudget(-1, 1)).toThrow('downtimeBudget: target must be a number from 0 to 1, got -1')
    expect(() => downtimeBudget(0.9, 0)).toThrow('downtimeBudget: window must be a duration > 0, got 0')
  })
})

describe('a percentage', () => {
  it('is cut, and never rounded up to 100 % or down to 0 %', () => {
    for (const { value, decimals, truncate, roundHalfUp } of vectors.formatting) {
      const shown = formatPercent(value, { decimals })

      if (Number.parseFloat(truncate) > 0) expect(shown).toBe(truncate)
      else expect(shown).toBe('<0.01%')
      expect(shown).not.toBe(roundHalfUp)
    }
  })

  it.each([
    [1, undefined, '100%'],
    [1, 2, '100.00%'],
    [0, undefined, '0%'],
    [0, 3, '0.000%'],
    [0.9999, 2, '99.99%'],
    [0.57, 0, '57%'],
    [0.07, 1, '7.0%'],
    [0.005, 0, '<1%'],
    [0.005, undefined, '0.50%'],
    [0.999, undefined, '99.90%'],
    [0.9999, undefined, '99.990%'],
    [0.998611111111111, undefined, '99.86%'],
    [0.971774193548387, undefined, '97.1%'],
    [40 / 60, undefined, '66%'],
    [0.9999999, undefined, '99.999990%'],
    [4e-5, undefined, '0.0040%'],
    [1e-12, undefined, '0.00000000010%'],
    [1e-30, undefined, '<0.000000000000001%'],
    [1 - 2 ** -53, undefined, '99.999999999999990%'],
    [null, undefined, 'unknown'],
  ] as const)('of %d with %s decimals is %s', (value, decimals, expected) => {
    expect(formatPercent(value, decimals === undefined ? {} : { decimals })).toBe(expected)
  })

  it('is 100 or 0 only for exactly 1 or 0, and off by less than one step', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 12 }), (value, decimals) => {
        const shown = formatPercent(value, { decimals })
        const number = Number.parseFloat(shown.replace('<', ''))

        expect(number >= 100).toBe(value === 1)
        expect(number === 0).toBe(value === 0)
        if (!shown.startsWith('<')) {
          expect(value * 100 - number).toBeLessThan(10 ** -decimals + 1e-12)
          expect(value * 100 - number).toBeGreaterThan(-1e-12)
        }
      }),
    )
  })

  it('refuses an invalid ratio, and more decimals than a number has', () => {
    expect(() => formatPercent(1.1)).toThrow('formatPercent: value must be a number from 0 to 1, got 1.1')
    expect(() => formatPercent(0.5, { decimals: 16 })).toThrow(
      'formatPercent: decimals must be an integer from 0 to 15, got 16',
    )
  })
})
