import { reportedLoad } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { reportedWeight } from '../../../src/failover/selection/reported-load.ts'
import { ask, candidate, candidates, keyless, type Made } from './candidates.ts'
import { pickerVectors } from './vectors.ts'

describe('reportedLoad', () => {
  const { cases, scheduling, time } = pickerVectors.orcaWeight

  it.each(cases)('has the published weight of $qps/s at $util', ({ qps, util, eps, penalty, weight }) => {
    expect(reportedWeight({ rate: qps, utilisation: util, errors: eps }, penalty)).toBeCloseTo(weight, 3)
  })

  it.each(scheduling)('shares as published: $weights', ({ weights, share }) => {
    const list = Object.entries(weights).map(([name, weight], ordinal) =>
      candidate(name, {
        ordinal,
        load: weight === null ? undefined : { utilisation: 0.5, rate: weight / 2, errors: 0, at: 0 },
      }),
    )
    const found = ask(reportedLoad({ blackout: 0 }), { random: seededRandom(1) }).shares(list, 9000)

    for (const [name, expected] of Object.entries(share)) expect(found[name]).toBeCloseTo(expected, 2)
  })

  it('uses a weight after the blackout, and until it is too old', () => {
    const share = (now: number, lastReport: number): number => {
      const list = candidates([1, 1, 1])
      for (const [i, each] of list.entries())
        each.load = { utilisation: 0.5, rate: i === 0 ? 400 : 100, errors: 0, at: 0 }
      const { pick, shares } = ask(reportedLoad(), { random: seededRandom(1) })
      pick(list, undefined, 0)
      for (const each of list) each.load = { ...(each.load as NonNullable<Made['load']>), at: lastReport }
      return shares(list, 6000, now)['a'] ?? 0
    }
    const [black, used, expired] = time
    expect(share(black?.now as number, 9000)).toBeCloseTo(1 / 3, 2)
    expect(share(used?.now as number, 9000)).toBeCloseTo(4 / 6, 2)
    expect(share(expired?.now as number, 10_000)).toBeCloseTo(1 / 3, 2)
  })

  it('takes the next one that was not tried', () => {
    const list = candidates([1, 1])
    const { picker } = ask(reportedLoad())
    expect(picker.next?.(list, keyless, 0, list.slice(0, 1))?.name).toBe('b')
  })
})
