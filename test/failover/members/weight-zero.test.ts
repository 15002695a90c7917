/** A member of weight 0 gets no call, whatever becomes of the others, unless all members of the pool have weight 0. */
import * as failover from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../../bench/selections/catalogue.mjs'

const { failoverPool, ordered, sticky, roundRobin } = failover

const selections = catalogueOf(failover).map(({ id, make }) => [id, () => make(0, true)] as const)
const panics: readonly failover.Panic[] = [0.5, 1, 'leastBad', 'fail']

const outlier = { consecutiveFailures: 1, ejectFor: '10s' } as const

function poolOf(
  weights: Readonly<Record<string, number>>,
  options: failover.FailoverOptions<string> = {},
): { clock: ReturnType<typeof virtualClock>; pool: failover.FailoverPool<string>; tried: () => string[] } {
  const clock = virtualClock()
  const members = Object.entries(weights).map(([target, weight]) => ({ target, weight }))
  const pool = failoverPool<(typeof members)[number]>(members, {
    clock,
    random: seededRandom(1),
    outlier,
    maxEjected: 1,
    ...options,
  })
  const { of } = recorder(pool)
  return {
    clock,
    pool: pool as never,
    tried: () => [...new Set(of('select').map(({ member }) => String(member)))].sort(),
  }
}

const down = () => {
  throw new Error('down')
}

async function traffic(pool: failover.FailoverPool<string>, operation: () => unknown = down): Promise<void> {
  for (let i = 0; i < 20; i++) await pool.execute(operation, { key: `${i % 3}` }).catch(() => {})
}

describe('a member of weight 0', () => {
  for (const [id, selection] of selections) {
    for (const panic of panics) {
      it(`gets no call with ${id} and panic ${panic}, even if the others are ejected`, async () => {
        const { clock, pool, tried } = poolOf({ a: 1, b: 2, zero: 0 }, { selection: selection(), panic })
        await traffic(pool)
        await clock.advance('20s')
        await traffic(pool)

        expect(tried()).toEqual(['a', 'b'])
      })
    }

    it(`gets calls with ${id} where all are 0`, async () => {
      const { pool, tried } = poolOf({ a: 0, b: 0 }, { selection: selection() })
      await traffic(pool)

      expect(tried()).toEqual(['a', 'b'])
    })
  }

  it('gets none while the others drain or are maintained', async () => {
    const { pool, tried } = poolOf({ a: 1, b: 1, zero: 0 })
    await pool.drain('a')
    pool.update('b', { admin: 'maintenance' })

    await expect(pool.execute(() => 1)).rejects.toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: undefined })
    expect(tried()).toEqual([])
  })

  it('is not probed after its ejection, nor as a last resort, until it has a weight again', async () => {
    const { clock, pool, tried } = poolOf({ a: 1, b: 1 }, { panic: 'leastBad', selection: ordered() })
    await pool.execute(() => down()).catch(() => {})
    pool.update('a', { weight: 0 })
    await clock.advance('1m')
    await pool.execute(({ target }) => expect(target).toBe('b'))
    pool.update('a', { weight: 1 })

    expect(await pool.execute(({ target }) => target)).toBe('a')
    expect(tried()).toEqual(['a', 'b'])
  })

  it('does not affect retryAfter by the end of its ejection', async () => {
    const { clock, pool } = poolOf({ a: 1, b: 1 }, { panic: 'fail', selection: ordered() })
    await pool.execute(({ target }) => (target === 'a' ? down() : 1))
    await clock.advance('3s')
    await pool.execute(() => down()).catch(() => {})
    pool.update('a', { weight: 0 })

    await expect(pool.execute(() => 1)).rejects.toMatchObject({ retryAfter: 10_000 })
  })

  it('is passed over by a call that has tried many', async () => {
    const weights = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${i}`, i === 30 ? 0 : 1]))
    const { pool, tried } = poolOf(weights, { panic: 'leastBad' })
    await traffic(pool)

    expect(tried()).toHaveLength(39)
    expect(tried()).not.toContain('m30')
  })

  it('still serves the calls that stick to it', async () => {
    const { pool } = poolOf({ a: 1, b: 1 }, { selection: sticky(roundRobin()) })
    const member = await pool.execute(({ target }) => target, { key: 'x' })
    pool.update(member, { weight: 0 })

    expect(await pool.execute(({ target }) => target, { key: 'x' })).toBe(member)
    expect(await pool.execute(({ target }) => target, { key: 'y' })).not.toBe(member)
  })
})
