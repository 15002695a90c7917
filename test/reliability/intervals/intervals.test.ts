/** What intervals do beyond the vectors: nothing known, bounds of options, and whether they hold what they say. */
import fc from 'fast-check'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { availabilityInterval } from '../../../src/reliability/intervals/availability-interval.ts'
import { failureRatePosterior } from '../../../src/reliability/intervals/failure-rate-posterior.ts'
import { failureTrend } from '../../../src/reliability/intervals/failure-trend.ts'
import { mtbfInterval, mttrInterval } from '../../../src/reliability/intervals/mean-interval.ts'
import { requestInterval } from '../../../src/reliability/intervals/request-interval.ts'
import { near } from '../../support/near.ts'

const confidence = fc.double({ min: 0.01, max: 0.999, noNaN: true })
const nothing = { estimate: null, lower: null, upper: null }

describe('the interval of an MTBF', () => {
  it('has only a lower bound without failures: T / -ln α', () => {
    const month = mtbfInterval({ uptime: '30d', failures: 0, sided: 'lower' })

    expect(month).toMatchObject({ estimate: null, upper: null, confidence: 0.95, events: 0, insufficient: true })
    near((month.lower as number) / 3_600_000, 720 / -Math.log(0.05), 'lower', 1e-12)
    // Two sides leave half as much beyond each.
    near(
      (mtbfInterval({ uptime: '30d', failures: 0 }).lower as number) / 3_600_000,
      720 / -Math.log(0.025),
      'two',
      1e-12,
    )
  })

  it('is null if nothing was observed, or the observation ends with a failure and there is none', () => {
    expect(mtbfInterval({ uptime: 0, failures: 0 })).toMatchObject(nothing)
    expect(mtbfInterval({ uptime: 0, failures: 2 })).toMatchObject({ estimate: 0, lower: null, upper: null })
    expect(mtbfInterval({ uptime: 5, failures: 0, censoring: 'failure' })).toMatchObject(nothing)
    expect(mttrInterval({ downtime: 5, repairs: 0 })).toMatchObject(nothing)
    expect(mttrInterval({ downtime: 5, repairs: 0, open: true }).lower).toBeGreaterThan(0)
  })

  it('is marked insufficient below three failures', () => {
    const of = (failures: number): boolean => mtbfInterval({ uptime: '1d', failures }).insufficient
    expect([of(2), of(3)]).toEqual([true, false])
  })

  it('contains its estimate, and widens with confidence', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), confidence, confidence, (failures, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const [narrow, wide] = [low, high].map((level) =>
          mtbfInterval({ uptime: 1e9, failures, confidence: level }),
        ) as [ReturnType<typeof mtbfInterval>, ReturnType<typeof mtbfInterval>]
        expect(wide.lower as number).toBeLessThanOrEqual((narrow.lower as number) * (1 + 1e-12))
        expect(wide.upper as number).toBeGreaterThanOrEqual((narrow.upper as number) * (1 - 1e-12))
      }),
    )
  })

  it('contains the true value as often as its confidence level says', () => {
    const random = seededRandom(11)
    let held = 0
    for (let run = 0; run < 2000; run++) {
      let failures = 0
      let left = 5 + Math.log(1 - random())
      while (left > 0) {
        failures++
        left += Math.log(1 - random())
      }
      const { lower, upper } = mtbfInterval({ uptime: 5, failures, confidence: 0.9 })
      if ((lower as number) <= 1 && (upper ?? 9e9) >= 1) held++
    }
    // Of counts no interval hits its level; this one is never below it.
    expect(held / 2000).toBeGreaterThan(0.9)
    expect(held / 2000).toBeLessThan(0.97)
  })

  it.each([
    [{ uptime: -1 }, 'mtbfInterval: uptime must be a duration >= 0, got -1'],
    [{ failures: 1.5 }, 'mtbfInterval: failures must be an integer >= 0, got 1.5'],
    [{ confidence: 1 }, 'mtbfInterval: confidence must be a number between 0 and 1, got 1'],
    [{ confidence: 95 }, 'mtbfInterval: confidence must be a number between 0 and 1, got 95'],
    [{ confidence: '95%' }, 'mtbfInterval: confidence must be a number between 0 and 1, got "95%"'],
    [{ sided: 'upper' }, `mtbfInterval: sided must be one of 'two', 'lower', got "upper"`],
    [{ censoring: 'none' }, `mtbfInterval: censoring must be one of 'time', 'failure', got "none"`],
  ])('refuses %j', (wrong, message) => {
    expect(() => mtbfInterval({ uptime: '1d', failures: 1, ...wrong } as { uptime: 1; failures: 1 })).toThrow(message)
  })

  it('names mttrInterval in its errors', () => {
    expect(() => mttrInterval({ downtime: 1, repairs: -1 })).toThrow(
      'mttrInterval: repairs must be an integer >= 0, got -1',
    )
    expect(() => mttrInterval({ downtime: 1, repairs: 1, open: 1 as unknown as boolean })).toThrow(
      'open must be a boolean',
    )
  })
})

describe('the interval of an availability', () => {
  it('is null without a cycle, or a mean', () => {
    for (const wrong of [{ cycles: 0 }, { meanUp: null }, { meanDown: null }]) {
      const given = { cycles: 3, meanUp: '1d', meanDown: '1h', ...wrong } as const
      expect(availabilityInterval(given)).toEqual({ availability: nothing, unavailability: nothing, confidence: 0.95 })
    }
  })

  it('has availability and unavailability, and only the lower bound on request', () => {
    const { availability, unavailability } = availabilityInterval({ cycles: 4, meanUp: '1d', meanDown: 1e-3 })

    near(unavailability.estimate, 1e-3 / 86_400_000, 'estimate', 1e-9)
    near(unavailability.upper, 1 - (availability.lower as number), 'upper', 1e-4)
    expect(unavailability.lower as number).toBeLessThan(unavailability.estimate as number)
    const alone = availabilityInterval({ cycles: 4, meanUp: '1d', meanDown: '1h', sided: 'lower' })
    expect([alone.availability.upper, alone.unavailability.lower]).toEqual([null, null])
    const both = availabilityInterval({ cycles: 4, meanUp: '1d', meanDown: '1h' })
    expect(alone.availability.lower as number).toBeGreaterThan(both.availability.lower as number)
  })

  it.each([
    [{ cycles: -1 }, 'availabilityInterval: cycles must be an integer >= 0, got -1'],
    [{ meanUp: 0 }, 'availabilityInterval: meanUp must be a duration > 0 or null, got 0'],
    [{ meanDown: 'x' }, 'availabilityInterval: meanDown must be a duration > 0 or null, got "x"'],
  ])('refuses %j', (wrong, message) => {
    const given = { cycles: 1, meanUp: 1, meanDown: 1, ...wrong }
    expect(() => availabilityInterval(given as { cycles: 1; meanUp: 1; meanDown: 1 })).toThrow(message)
  })
})

describe('the interval of a request ratio', () => {
  it('is null without requests', () => {
    expect(requestInterval({ good: 0, total: 0 }).availability).toEqual(nothing)
  })

  it('contains the ratio within 0 to 1, and the exact interval contains the other one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const good = Math.round(total * share)
          for (const method of ['wilson', 'clopper-pearson'] as const) {
            const { availability, unavailability } = requestInterval({ good, total, method })
            const { estimate, lower, upper } = availability as { estimate: number; lower: number; upper: number }

            expect(lower).toBeGreaterThanOrEqual(0)
            expect(lower).toBeLessThanOrEqual(estimate + 1e-15)
            expect(upper).toBeGreaterThanOrEqual(estimate - 1e-15)
            expect(upper).toBeLessThanOrEqual(1)
            expect(unavailability.upper).toBeCloseTo(1 - lower, 12)
            expect(unavailability.lower).toBeCloseTo(1 - upper, 12)
          }
        },
      ),
    )
  })

  it('has only the lower bound on request', () => {
    expect(requestInterval({ good: 99, total: 100, sided: 'lower' }).availability.upper).toBeNull()
  })

  it.each([
    [{ good: 11 }, 'requestInterval: good must be at most total, got 11'],
    [{ good: -1 }, 'requestInterval: good must be an integer >= 0, got -1'],
    [{ total: 1.5 }, 'requestInterval: total must be an integer >= 0, got 1.5'],
    [{ method: 'wald' }, `requestInterval: method must be one of 'wilson', 'clopper-pearson', got "wald"`],
  ])('refuses %j', (wrong, message) => {
    expect(() => requestInterval({ good: 5, total: 10, ...wrong } as { good: 5; total: 10 })).toThrow(message)
  })
})

describe('the posterior of a failure rate', () => {
  it('has bounds for a month without failures', () => {
    const month = failureRatePosterior({ uptime: '30d', failures: 0 })

    near(month.failureRate, 1 / 720, 'mean', 1e-14)
    near(month.upper, -Math.log(0.05) / 720, 'upper', 1e-12)
    expect(month).toMatchObject({ confidence: 0.95, events: 0 })
  })

  it('needs an uptime above 0', () => {
    expect(() => failureRatePosterior({ uptime: 0, failures: 0 })).toThrow(
      'failureRatePosterior: uptime must be a duration > 0',
    )
  })
})

describe('the trend of failures', () => {
  it('is none for evenly spread failures, and improves if they lie at the beginning', () => {
    const even = Array.from({ length: 40 }, (_, index) => (index + 0.5) * 10)
    expect(failureTrend({ failures: even, until: 400 })).toMatchObject({
      verdict: 'none',
      events: 40,
      confidence: 0.95,
    })
    near(failureTrend({ failures: even, until: 400 }).beta, 1, 'β', 0.05)

    const early = even.map((at) => at ** 2 / 400)
    expect(failureTrend({ failures: early, until: 400 })).toMatchObject({ verdict: 'improving' })
    expect(failureTrend({ failures: early.map((at) => 400 - at).reverse(), until: 400 })).toMatchObject({
      verdict: 'worsening',
    })
  })

  it('accepts a constant rate as often as its confidence level says', () => {
    const random = seededRandom(5)
    let found = 0
    for (let run = 0; run < 1000; run++) {
      const failures = Array.from({ length: 20 }, () => 1 + 99 * random()).sort((one, other) => one - other)
      if (failureTrend({ failures, until: 100 }).verdict !== 'none') found++
    }
    expect(found / 1000).toBeLessThan(0.08)
  })

  it('has the present rate per hour: λ β T^(β - 1)', () => {
    const { beta, lambda, failureRate } = failureTrend({ failures: ['1h', '3h', '4h', '4.5h'], until: '5h' }) as {
      beta: number
      lambda: number
      failureRate: number
    }
    near(failureRate, lambda * beta * 5 ** (beta - 1), 'rate', 1e-12)
    near(lambda * 5 ** beta, 4, 'all of them until now', 1e-12)
  })

  it('is not judged with fewer than three failures', () => {
    expect(failureTrend({ failures: [1, 2] })).toEqual({
      verdict: null,
      laplace: null,
      chance: null,
      beta: null,
      lambda: null,
      failureRate: null,
      events: 2,
      confidence: 0.95,
    })
    expect(failureTrend({ failures: [] }).verdict).toBeNull()
  })

  it.each([
    [{ failures: 1 }, 'failureTrend: failures must be a list of durations > 0, in order, got 1'],
    [{ failures: [0, 1] }, 'failureTrend: failures must be a list of durations > 0, in order, got an array'],
    [{ failures: [2, 1] }, 'failureTrend: failures must be a list of durations > 0, in order, got an array'],
    [{ failures: ['x'] }, 'failureTrend: failures must be a list of durations > 0, in order, got an array'],
    [{ until: 2 }, 'failureTrend: until must be no earlier than the last failure, got 2'],
    [{ until: 0 }, 'failureTrend: until must be a duration > 0, got 0'],
  ])('refuses %j', (wrong, message) => {
    expect(() => failureTrend({ failures: [1, 2, 3], ...wrong } as { failures: number[] })).toThrow(message)
  })
})
