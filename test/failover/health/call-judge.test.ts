import { roundRobin } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { missingAfter, reliabilityAt } from '../../../src/stats/success-ewma.ts'
import { made, names } from './made.ts'

describe('the number of ejected members', () => {
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
  it('is emitted with its reason and time, and cleared by a success', async () => {
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

describe('with no other member left', () => {
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

describe('reliability', () => {
  it('falls by failures, recovers by successes and by time, and stays above 0', () => {
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
