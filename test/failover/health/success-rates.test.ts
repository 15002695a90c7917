import { type OutlierOptions, roundRobin } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { outliersOf } from '../../../src/failover/health/success-rates.ts'
import { pickerVectors } from '../selection/vectors.ts'
import { made } from './made.ts'

describe('success rates', () => {
  const { cases } = pickerVectors.outlierSuccessRate
  const calls = (rates: readonly number[]) => rates.map(() => 1e6)
  const low = (percents: readonly number[], gap = 0.1, counts = calls(percents)) =>
    outliersOf(
      percents.map((percent) => percent / 100),
      counts,
      gap,
    )

  it('eject where the published rule does, and not for equal rates', () => {
    const [one, tiny, four, two, six, equal] = cases as [...typeof cases, never, never, never, never, never, never]
    expect(low(one.rates)).toEqual(one.ejected)
    expect(low(six.rates)).toEqual(six.ejected)
    expect(low(equal.rates)).toEqual(equal.ejected)
    // 99.5 against 100: the published rule ejects it, a gap does not. Without the gap it would.
    expect(low(tiny.rates)).toEqual([])
    expect(low(tiny.rates, 0)).toEqual(tiny.ejected)
    // The published rule can never eject one of four, nor two of five.
    expect(low(four.rates)).toEqual([3])
    expect(low(two.rates)).toEqual([3, 4])
  })

  it('work for pools of two to four', () => {
    expect(low([100, 80])).toEqual([1])
    expect(low([97, 100, 60])).toEqual([2])
    expect(low([100, 50, 40, 100])).toEqual([2, 1])
    expect(low([100])).toEqual([])
    expect(low([])).toEqual([])
  })

  it('do not eject for a difference that chance explains', () => {
    expect(low([100, 75], 0.1, [20, 20])).toEqual([1])
    expect(low([100, 85], 0.1, [20, 20])).toEqual([])
    expect(low([70, 50], 0.1, [20, 20])).toEqual([])
    expect(low([70, 50], 0.1, [1000, 1000])).toEqual([1])
  })

  it('eject a member that fails part of its calls, at the end of a window', async () => {
    const { clock, pool, log } = made({
      selection: roundRobin(),
      outlier: { successRate: { window: '1s', minimumCalls: 20 } },
    })
    const source = seededRandom(1)
    for (let i = 0; i < 400; i++) {
      await pool.execute(async ({ target }) => {
        if (target === 'b' && source() < 0.4) throw new Error('sometimes')
      })
      await clock.advance(5)
    }
    expect(log.of('eject')).toMatchObject([{ member: 'b', reason: 'rate', error: undefined }])
    expect(log.of('eject')[0]?.time).toBeLessThanOrEqual(1010)
  })

  it('eject the worst first, and none beyond `maxEjected`', async () => {
    const ejected = async (maxEjected: number) => {
      const { clock, pool, log } = made(
        {
          selection: roundRobin(),
          outlier: { consecutiveFailures: 1000, successRate: { window: '1s', minimumCalls: 20 } },
          maxEjected,
        },
        ['a', 'b', 'c', 'd', 'e'],
      )
      let turn = 0
      for (let i = 0; i < 300; i++) {
        await pool.execute(async ({ target }) => {
          if (target === 'c' || (target === 'b' && turn++ % 2 === 0)) throw new Error('at times')
        })
        await clock.advance(5)
      }
      return log.of('eject').map(({ member, reason }) => [member, reason])
    }
    expect(await ejected(0.4)).toEqual([
      ['c', 'rate'],
      ['b', 'rate'],
    ])
    expect(await ejected(0.2)).toEqual([['c', 'rate']])
    expect(await ejected(0.1)).toEqual([])
  })

  it('eject no member with few calls, after a long pause, or when turned off', async () => {
    const run = async (outlier: OutlierOptions, pause = 0) => {
      const { clock, pool, log } = made({ selection: roundRobin(), outlier: { consecutiveFailures: 1000, ...outlier } })
      const source = seededRandom(1)
      for (let i = 0; i < 120; i++) {
        await pool.execute(async ({ target }) => {
          if (target === 'b' && source() < 0.5) throw new Error('at times')
        })
        if (i === 110) await clock.advance(pause)
        await clock.advance(10)
      }
      return log.of('eject').length
    }
    const successRate = { window: '1s', minimumCalls: 20 } as const
    expect(await run({ successRate })).toBeGreaterThan(0)
    expect(await run({ successRate: { ...successRate, minimumCalls: 1000 } })).toBe(0)
    expect(await run({ successRate: false })).toBe(0)
    expect(await run({ successRate: { ...successRate, window: '1190ms' } }, 10_000)).toBe(0)
  })
})
