import { type FailoverOptions, failoverPool, type OutlierOptions, ordered, random, roundRobin } from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { warmthAt } from '../../../src/failover/health/slow-start.ts'
import { outliersOf } from '../../../src/failover/health/success-rates.ts'
import { missingAfter, reliabilityAt } from '../../../src/stats/reliability.ts'
import { pickerVectors } from '../vectors.ts'

const names = ['a', 'b', 'c']

function made(options: FailoverOptions<string> = {}, members: readonly string[] = names) {
  const clock = virtualClock()
  const dead = new Set<string>()
  const pool = failoverPool(members, { clock, random: () => 0, selection: ordered(), ...options })
  const call = () =>
    pool.execute(async ({ target }) => {
      if (dead.has(target)) throw new Error(`${target} is down`)
      return target
    })
  const states = () => pool.members.map(({ state }) => state)
  return { clock, dead, pool, call, states, log: recorder(pool) }
}

describe('success rates', () => {
  const { cases } = pickerVectors.outlierSuccessRate
  const calls = (rates: readonly number[]) => rates.map(() => 1e6)
  const low = (percents: readonly number[], gap = 0.1, counts = calls(percents)) =>
    outliersOf(
      percents.map((percent) => percent / 100),
      counts,
      gap,
    )

  it('eject where the published rule does, and not for a difference that is none', () => {
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

  it('let no difference count that chance explains', () => {
    expect(low([100, 75], 0.1, [20, 20])).toEqual([1])
    expect(low([100, 85], 0.1, [20, 20])).toEqual([])
    expect(low([70, 50], 0.1, [20, 20])).toEqual([])
    expect(low([70, 50], 0.1, [1000, 1000])).toEqual([1])
  })

  it('eject a member that fails a part of its calls, at the end of a window', async () => {
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

  it('say nothing about members with few calls, after a long silence, or when turned off', async () => {
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

describe('the number of the ejected', () => {
  it.each([
    [3, 0.67, 2],
    [3, 0.5, 1],
    [2, 0.5, 1],
    [1, 0.5, 0],
    [11, 0.1, 1],
  ])('of %i members with maxEjected %d is %i at most', async (count, maxEjected, most) => {
    const members = Array.from({ length: count }, (_, i) => `m${i}`)
    const { pool, states } = made({ outlier: { consecutiveFailures: 1 }, maxEjected }, members)
    await pool.execute(() => Promise.reject(new Error('all'))).catch(() => {})
    expect(states().filter((state) => state === 'ejected').length).toBe(most)
  })
})

describe('suspicion', () => {
  it('is told with its reason and time, and cleared by a success', async () => {
    const { clock, dead, call, log } = made({ outlier: { consecutiveFailures: 3 } })
    await call()
    dead.add('a')
    await clock.advance(7)
    await call()
    dead.clear()
    await call()
    expect(log.of('state').map(({ member, from, to, reason, time }) => [member, from, to, reason, time])).toEqual([
      ['a', 'unknown', 'up', 'call', 0],
      ['a', 'up', 'suspect', 'call', 7],
      ['b', 'unknown', 'up', 'call', 7],
      ['a', 'suspect', 'up', 'call', 7],
    ])
  })
})

describe('with nobody else left', () => {
  const outlier = { consecutiveFailures: 1, ejectFor: '5m' } as const

  it.each([0, 1, 2])(
    'all down, then member %i is back: the next call finds it, whatever its ejection says',
    async (index) => {
      const { dead, call } = made({ outlier, selection: roundRobin() })
      for (const name of names) dead.add(name)
      for (let i = 0; i < 10; i++) await call().catch(() => {})
      dead.delete(names[index] as string)
      expect(await call()).toBe(names[index])
    },
  )

  it('an ejected member is tried by one call at a time, and its failure lengthens nothing', async () => {
    const { clock, dead, pool, call, states } = made({ outlier })
    dead.add('a')
    await call()
    const { ejectedUntil } = pool.members[0] ?? {}
    let release = (): void => {}
    const hold = pool.execute(({ target }) =>
      target === 'a'
        ? new Promise((_, reject) => (release = () => reject(new Error('still'))))
        : Promise.reject(new Error(target)),
    )
    await clock.advance(1)
    expect(states()[0]).toBe('probing')
    dead.add('b').add('c')
    const error = await call().catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'HF_FAILOVER', members: ['b', 'c'] })
    release()
    await expect(hold).rejects.toMatchObject({ code: 'HF_FAILOVER', members: ['b', 'c', 'a'] })
    expect(pool.members[0]).toMatchObject({ state: 'ejected', ejectedUntil })
  })

  it('is tried as the least bad: the one that is due soonest', async () => {
    const { clock, dead, call, log, pool } = made({ outlier, maxEjected: 0.67, panic: 'leastBad' })
    dead.add('a')
    await call()
    dead.add('b')
    await clock.advance(10)
    await call()
    dead.add('c')
    await call().catch(() => {})
    expect(
      log
        .of('select')
        .slice(-3)
        .map(({ member }) => member),
    ).toEqual(['c', 'a', 'b'])
    expect(pool.members.map(({ state }) => state)).toEqual(['ejected', 'ejected', 'suspect'])
  })

  it('is not tried where panic says fail', async () => {
    const { dead, call } = made({ outlier, panic: 'fail' })
    dead.add('a')
    await call()
    dead.add('b').add('c')
    await expect(call()).rejects.toMatchObject({ members: ['b', 'c'] })
  })

  it('and all down, a call fails without waiting, with an error for each member', async () => {
    const { clock, call, dead } = made({ outlier })
    for (const name of names) dead.add(name)
    for (let i = 0; i < 20; i++) {
      await expect(call()).rejects.toMatchObject({ code: 'HF_FAILOVER' })
    }
    expect(clock.now()).toBe(0)
  })
})

describe('slow start', () => {
  const { envoy } = pickerVectors.slowStart

  it.each([
    ['aggression1', 1],
    ['aggression2', 2],
    ['aggression05', 0.5],
  ] as const)('has the published steps: %s', (name, aggression) => {
    for (const [seconds, weight] of envoy[name] as [number, number][]) {
      expect(100 * warmthAt({ window: 60_000, aggression, floor: 0.1 }, seconds * 1000)).toBeCloseTo(weight, 3)
    }
  })

  const options: FailoverOptions<string> = {
    selection: random(),
    random: seededRandom(1),
    slowStart: '10s',
    outlier: { consecutiveFailures: 1, ejectFor: 1000 },
  }

  async function share(pool: ReturnType<typeof made>['pool'], name: string, count = 2000): Promise<number> {
    let found = 0
    for (let i = 0; i < count; i++) if ((await pool.execute(({ target }) => target)) === name) found++
    return found / count
  }

  it('gives a member that is back its share by degrees', async () => {
    const { clock, dead, pool, call, log } = made(options)
    dead.add('a')
    while (pool.members[0]?.state !== 'ejected') await call()
    dead.clear()
    await clock.advance(1000)
    await call()
    expect(pool.members[0]).toMatchObject({ state: 'warming', warmth: 0.1 })
    expect(await share(pool, 'a')).toBeCloseTo(0.1 / 2.1, 1)
    await clock.advance(5000)
    expect(pool.members[0]?.warmth).toBe(0.5)
    expect(await share(pool, 'a')).toBeCloseTo(0.5 / 2.5, 1)
    await clock.advance(5000)
    expect(pool.members[0]).toMatchObject({ state: 'up', warmth: 1 })
    expect(
      log
        .of('state')
        .slice(-2)
        .map(({ from, to, reason }) => [from, to, reason]),
    ).toEqual([
      ['probing', 'warming', 'call'],
      ['warming', 'up', 'warm'],
    ])
  })

  it('is not for members that start together, nor where nobody else could carry the load', async () => {
    const { pool, call, states } = made(options)
    await call()
    expect(states()).not.toContain('warming')
    pool.add('d')
    expect(states().at(-1)).toBe('warming')

    const alone = made({ ...options, maxEjected: 1, panic: 'fail' }, ['a'])
    alone.dead.add('a')
    await alone.call().catch(() => {})
    alone.dead.clear()
    await alone.clock.advance(1000)
    await alone.call()
    expect(alone.states()).toEqual(['up'])
  })

  it('ends where the member fails again', async () => {
    const { clock, dead, pool, call, states } = made({ ...options, selection: ordered() })
    dead.add('a')
    await call()
    await clock.advance(1000)
    dead.clear()
    await call()
    dead.add('a')
    await call()
    expect(states()[0]).toBe('ejected')
    expect(pool.members[0]?.warmth).toBe(1)
  })

  it('leaves a member with failures under suspicion', async () => {
    const { clock, dead, call, states } = made({
      ...options,
      selection: ordered(),
      outlier: { consecutiveFailures: 2, ejectFor: 1000 },
    })
    dead.add('a')
    await call()
    await call()
    await clock.advance(1000)
    dead.clear()
    await call()
    await clock.advance(5000)
    dead.add('a')
    await call()
    await clock.advance(5000)
    expect(states()[0]).toBe('suspect')
  })
})

describe('reliability', () => {
  it('falls by failures, recovers by successes and by time, and stays above nothing', () => {
    let missing = 0
    expect(reliabilityAt(missing, 0)).toBe(1)
    missing = missingAfter(false, missing, 0)
    expect(reliabilityAt(missing, 0)).toBeCloseTo(0.8, 9)
    missing = missingAfter(true, missing, 0)
    expect(reliabilityAt(missing, 0)).toBeCloseTo(0.84, 9)
    for (let i = 0; i < 100; i++) missing = missingAfter(false, missing, 0)
    expect(reliabilityAt(missing, 0)).toBe(0.02)
    expect(reliabilityAt(missing, 10_000)).toBeCloseTo(1 - Math.exp(-1), 3)
    expect(reliabilityAt(missing, -10_000)).toBe(0.02)
    for (let i = 0; i < 100; i++) missing = missingAfter(true, missing, 0)
    expect(missing).toBe(0)
  })
})
