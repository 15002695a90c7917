/** What was learnt of a member before it left says nothing of it after it is back. */
import { failoverPool, latencyWindow, leastPending, type OutlierOptions, ordered } from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../../src/core/timer.ts'

const down = () => {
  throw new Error('down')
}

function trio(outlier: OutlierOptions, options: Parameters<typeof failoverPool<string>>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b', 'c'], { clock, random: () => 0, outlier, ...options })
  const { of } = recorder(pool)
  const ejections = () => of('eject').map(({ member, reason }) => `${member} by ${reason}`)
  const stateOf = (name: string) => pool.members.find((each) => each.name === name)
  return { clock, pool, of, ejections, stateOf }
}

describe('counts of a member', () => {
  it.each(['maintenance', 'drain'] as const)('for its success rate do not outlive %s', async (admin) => {
    const { clock, pool, ejections } = trio({
      successRate: { minimumCalls: 50, window: '10s' },
      consecutiveFailures: 1000,
    })
    let broken = true
    const traffic = async (calls: number) => {
      for (let i = 0; i < calls; i++) await pool.execute(({ target }) => (target === 'a' && broken ? down() : target))
    }
    await traffic(300)
    await clock.advance('5s')
    pool.update('a', { admin })
    for (let i = 0; i < 10; i++) {
      await traffic(200)
      await clock.advance('10s')
    }
    broken = false
    pool.update('a', { admin: 'ready' })
    await traffic(300)
    await clock.advance('10s')
    await traffic(30)

    expect(ejections()).toEqual([])
  })

  it('for its success rate do not outlive a drain within one window', async () => {
    const { clock, pool, ejections } = trio({
      successRate: { minimumCalls: 50, window: '10s' },
      consecutiveFailures: 1000,
    })
    let broken = true
    const traffic = async (calls: number) => {
      for (let i = 0; i < calls; i++) await pool.execute(({ target }) => (target === 'a' && broken ? down() : target))
    }
    await traffic(300)
    await pool.drain('a')
    broken = false
    pool.update('a', { admin: 'ready' })
    await traffic(300)
    await clock.advance('10s')
    await traffic(30)

    expect(ejections()).toEqual([])
  })

  it('for its success rate do not outlive its ejection, nor count late results', async () => {
    const { clock, pool, ejections } = trio({
      successRate: { minimumCalls: 50, window: '60s' },
      consecutiveFailures: 5,
      ejectFor: '1s',
    })
    const hanging: ((error: unknown) => void)[] = []
    for (let i = 0; i < 300; i++) {
      const operation = ({ target }: { target: string }) =>
        target === 'a' ? new Promise<string>((_, reject) => hanging.push(reject)) : target
      void pool.execute(operation).catch(() => {})
    }
    await clock.advance(10)
    for (const reject of hanging.splice(0, 5)) reject(new Error('down'))
    await clock.advance('2s')
    for (let i = 0; i < 30; i++) await pool.execute(({ target }) => target)
    for (const reject of hanging.splice(0)) reject(new Error('down'))
    await clock.advance('1s')
    for (let i = 0; i < 300; i++) await pool.execute(({ target }) => target)
    await clock.advance('60s')
    for (let i = 0; i < 30; i++) await pool.execute(({ target }) => target)

    expect(ejections()).toEqual(['a by consecutive'])
  })

  it.each(['maintenance', 'drain'] as const)('in a row restart after %s', async (admin) => {
    const { pool, ejections } = trio({ consecutiveFailures: 3 }, { selection: ordered() })
    const fail = () => pool.execute(({ target }) => (target === 'a' ? down() : target))
    await fail()
    await fail()
    pool.update('a', { admin })
    pool.update('a', { admin: 'ready' })
    await fail()
    await fail()
    expect(ejections()).toEqual([])
    await fail()
    expect(ejections()).toEqual(['a by consecutive'])
  })

  it.each(['maintenance', 'drain'] as const)('ignore tries that began before %s', async (admin) => {
    const { clock, pool, ejections, stateOf } = trio({ consecutiveFailures: 1 }, { selection: ordered() })
    let reject = (_: unknown): void => {}
    const late = pool.execute(({ target }) =>
      target === 'a' ? new Promise<string>((_, fail) => (reject = fail)) : target,
    )
    pool.update('a', { admin })
    pool.update('a', { admin: 'ready' })
    await clock.advance('1s')
    reject(new Error('late'))

    expect(await late).toBe('b')
    expect(ejections()).toEqual([])
    expect(stateOf('a')).toMatchObject({ state: 'unknown', reliability: 1, latency: undefined, pending: 0 })
  })

  it('keep a member ejected that was probed while it drained, and let another call probe it', async () => {
    const { clock, pool, stateOf } = trio({ consecutiveFailures: 1, ejectFor: '1s' }, { selection: ordered() })
    await pool.execute(({ target }) => (target === 'a' ? down() : target))
    await clock.advance('1s')
    let resolve = (_: string): void => {}
    const probe = pool.execute(() => new Promise<string>((done) => (resolve = done)))
    expect(stateOf('a')).toMatchObject({ state: 'probing' })
    pool.update('a', { admin: 'drain' })
    pool.update('a', { admin: 'ready' })
    expect(stateOf('a')).toMatchObject({ state: 'ejected' })
    resolve('late')
    await probe
    expect(stateOf('a')).toMatchObject({ state: 'ejected' })

    expect(await pool.execute(({ target }) => target)).toBe('a')
    expect(stateOf('a')).toMatchObject({ state: 'up' })
  })

  it('of its speed, failures and load are forgotten in maintenance', async () => {
    const { clock, pool, stateOf } = trio({ consecutiveFailures: 9 }, { selection: ordered() })
    await pool.execute(({ target }) => (target === 'a' ? down() : target))
    const slow = pool.execute(({ target }) => new Promise((done) => setTimeoutOn(clock, () => done(target))))
    await clock.advance('1s')
    await slow
    pool.report('a', { utilisation: 0.9 })
    expect(stateOf('a')?.latency).toBe(1000)
    pool.update('a', { admin: 'maintenance' })
    pool.update('a', { admin: 'ready' })

    expect(stateOf('a')).toMatchObject({ latency: undefined, reliability: 1 })
  })

  it('are not changed for a selection by late failures', async () => {
    const { clock, pool, of } = trio(
      { consecutiveFailures: 1, ejectFor: '1s' },
      { selection: leastPending(), panic: 'fail', maxEjected: 1 },
    )
    const ends: ((ok: boolean) => void)[] = []
    const operation = ({ target }: { target: string }) =>
      new Promise<string>((resolve, reject) => {
        if (target === 'a') ends.push((ok) => (ok ? resolve(target) : reject(new Error('down'))))
        else resolve(target)
      })
    for (const name of ['b', 'c']) pool.update(name, { admin: 'drain' })
    for (let i = 0; i < 12; i++) void pool.execute(operation).catch(() => {})
    expect(ends).toHaveLength(12)
    ends.shift()?.(false)
    await clock.advance('60s')
    for (const name of ['b', 'c']) pool.update(name, { admin: 'ready' })
    await pool.execute(({ target }) => target)
    for (const end of ends) end(false)
    await clock.advance(0)
    const before = of('select').length
    for (let i = 0; i < 30; i++) await pool.execute(({ target }) => target)
    const after = of('select').slice(before)

    expect(after.filter(({ member }) => member === 'a')).toHaveLength(10)
  })
})

describe('a member that checks have ejected', () => {
  it('is ejected again by the usual number of checks after a call has restored it', async () => {
    const sick = new Set(['c'])
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b', 'c'], {
      clock,
      outlier: false,
      panic: 'leastBad',
      selection: ordered(),
      check: { run: ({ target }) => !sick.has(target), every: '1s', fast: '1s', jitter: 0, fall: 3 },
    })
    await clock.settle(pool.ready())
    expect(await pool.execute(({ target }) => (target === 'c' ? target : down()))).toBe('c')
    await clock.advance('1s')

    expect(pool.members.map(({ state }) => state)).toEqual(['up', 'up', 'suspect'])
    await clock.advance('2s')
    expect(pool.members.map(({ state }) => state)).toEqual(['up', 'up', 'ejected'])
  })

  it('is tried again as the last resort after a failed try, also with `outlier: false`', async () => {
    const works = new Set<string>()
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b', 'c'], {
      clock,
      outlier: false,
      panic: 'leastBad',
      check: { run: ({ target }) => target !== 'c', every: '1h', fast: '1h', fall: 1 },
    })
    await clock.settle(pool.ready())
    const call = () => pool.execute(({ target }) => (works.has(target) ? target : down()))
    await call().catch(() => {})

    expect(pool.members.at(-1)).toMatchObject({ state: 'ejected', pending: 0 })
    works.add('c')
    expect(await call()).toBe('c')
  })

  it('is tried again as the last resort while the call that tries it hangs', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['c'], {
      clock,
      panic: 'leastBad',
      check: { run: () => false, every: '1h', fast: '1h', fall: 1 },
    })
    await clock.settle(pool.ready())
    void pool.execute(() => new Promise(() => {}))
    const call = () => pool.execute(() => 'served').catch(({ code }) => code)

    expect(await call()).toBe('HF_NO_MEMBER')
    await clock.advance(4999)
    expect(await call()).toBe('HF_NO_MEMBER')
    await clock.advance(1)
    expect(await call()).toBe('served')
  })
})

it('a least latency of long ago is no distance', async () => {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b'], { clock, random: seededRandom(1), selection: latencyWindow({ window: 15 }) })
  const took: Record<string, number> = { a: 1, b: 30 }
  const call = async () => {
    const answer = pool.execute(
      ({ target }) => new Promise<string>((done) => setTimeoutOn(clock, () => done(target), took[target])),
    )
    await clock.advance(100)
    return answer
  }
  for (let i = 0; i < 40; i++) await call()
  await clock.advance('10m')
  took['a'] = 90
  const seen = new Set<string>()
  for (let i = 0; i < 120; i++) seen.add(await call())
  const latest = new Set<string>()
  for (let i = 0; i < 5; i++) latest.add(await call())

  expect(latest).toEqual(new Set(['b']))
})

function setTimeoutOn(clock: ReturnType<typeof virtualClock>, fire: () => void, after = 1000): void {
  clock.schedule(new Alarm(fire), after)
}
