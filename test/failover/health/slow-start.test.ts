import { type FailoverOptions, ordered, random } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { warmthAt } from '../../../src/failover/health/slow-start.ts'
import { pickerVectors } from '../selection/vectors.ts'
import { made } from './made.ts'

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

  it('raises the share of a restored member step by step', async () => {
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

  it('does not apply to members that start together, nor if no other could carry the load', async () => {
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

  it('ends when the member is ejected again', async () => {
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

  it('ends in `suspect` for a member with failures', async () => {
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

  it('applies to a member out of maintenance that a listener has already called', async () => {
    const { pool } = made(options)
    await pool.execute(({ target }) => target)
    pool.update('a', { admin: 'maintenance' })
    const calls: Promise<string>[] = []
    pool.on('admin', () => calls.push(pool.execute(({ target }) => target)))
    pool.update('a', { admin: 'ready' })
    await Promise.all(calls)

    expect(calls).toHaveLength(1)
    expect(pool.members[0]).toMatchObject({ state: 'warming', warmth: 0.1 })
    expect(await share(pool, 'a')).toBeCloseTo(0.1 / 2.1, 1)
  })

  it('shows listeners to it how much of its weight a member gets', async () => {
    const { pool } = made(options)
    await pool.ready()
    const seen: unknown[] = []
    pool.on('state', () => seen.push(pool.members.at(-1)?.warmth))
    pool.add('d')
    expect(seen).toEqual([0.1])
  })
})
