import { availabilityTracker } from 'holdfast/availability'
import { failoverPool, ordered, readLoadReport, type Selection } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

function made(options: Parameters<typeof failoverPool<string>>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b'], { clock, selection: ordered(), ...options })
  return { clock, pool, log: recorder(pool) }
}

const target = ({ target }: { target: string }) => target

describe('drain and maintenance', () => {
  it('emit `admin` with each change, and end with `ready`', async () => {
    const { pool, log } = made()
    await pool.drain('a')
    pool.update('a', { admin: 'drain' })
    expect(await pool.execute(target)).toBe('b')
    pool.update('a', { admin: 'ready' })
    expect(await pool.execute(target)).toBe('a')
    expect(log.of('admin').map(({ member, from, to }) => [member, from, to])).toEqual([
      ['a', 'ready', 'drain'],
      ['a', 'drain', 'ready'],
    ])
  })

  it('drain keeps no waiter that has timed out while a try hangs', async () => {
    const clock = virtualClock()
    let cancelled = 0
    const counting = {
      now: () => clock.now(),
      wall: (now?: number) => clock.wall(now),
      schedule: (...args: Parameters<typeof clock.schedule>) => clock.schedule(...args),
      cancel: (...args: Parameters<typeof clock.cancel>) => {
        cancelled++
        clock.cancel(...args)
      },
    }
    const pool = failoverPool(['a'], { clock: counting })
    let end = (): void => {}
    const held = pool.execute(() => new Promise<void>((resolve) => (end = resolve)))
    for (let i = 0; i < 100; i++) await clock.settle(pool.drain('a', '1s'))
    cancelled = 0
    const last = pool.drain('a', '1s')
    end()
    await Promise.all([held, last])

    expect(cancelled).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('drain resolves when the member is made ready again', async () => {
    const { clock, pool } = made()
    void pool.execute(() => new Promise<void>(() => {}))
    const drained = pool.drain('a', '1m')
    pool.update('a', { admin: 'maintenance' })
    await clock.advance(0)
    expect(clock.pending).toBe(1)
    pool.update('a', { admin: 'ready' })
    await drained

    expect(clock.pending).toBe(0)
    expect(pool.members[0]).toMatchObject({ admin: 'ready', pending: 1 })
  })

  it('drain resolves after `within`, while tries are still under way', async () => {
    const { clock, pool } = made()
    const hung = pool.execute(() => new Promise(() => {}), { signal: AbortSignal.abort.call(AbortSignal, 'x') })
    await expect(hung).rejects.toBe('x')
    let end = (): void => {}
    const held = pool.execute(() => new Promise<void>((resolve) => (end = resolve)))
    await clock.settle(pool.drain('a', '5s'))
    expect(clock.now()).toBe(5000)
    expect(pool.members[0]?.pending).toBe(1)
    const drained = pool.drain('a', '5s')
    end()
    await Promise.all([held, drained])
    expect(clock.now()).toBe(5000)
    expect(clock.pending).toBe(0)
    expect(() => pool.drain('a', -1)).toThrow('failoverPool: within must be a duration >= 0 or Infinity, got -1')
    expect(() => pool.drain('x')).toThrow(`failoverPool: name must be a member's, got "x"`)
  })

  it('maintenance sends a member no calls and no checks, and it starts without statistics afterwards', async () => {
    const asked: string[] = []
    const { clock, pool, log } = made({
      check: { run: ({ target }) => void asked.push(target), every: 1000, jitter: 0 },
      slowStart: '10s',
    })
    await pool.ready()
    pool.update('a', { admin: 'maintenance' })
    asked.length = 0
    await clock.advance(3000)
    expect(asked).toEqual(['b', 'b', 'b'])
    expect(await pool.execute(target)).toBe('b')
    pool.update('a', { admin: 'ready' })
    await clock.advance(0)
    expect(asked.at(-1)).toBe('a')
    expect(pool.members[0]).toMatchObject({ state: 'warming', admin: 'ready' })
    expect(log.of('state').at(-1)).toMatchObject({ member: 'a', from: 'unknown', to: 'warming', reason: 'maintenance' })
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('maintenance is maintenance for the tracker, and unknown until the member has served again', async () => {
    const { clock, pool } = made()
    const tracker = availabilityTracker({ clock })
    tracker.watch(pool, { component: 'api' })
    await pool.execute(target)
    await clock.advance(10)
    pool.update('a', { admin: 'maintenance' })
    await clock.advance(10)
    pool.update('a', { admin: 'ready' })
    await clock.advance(10)
    await pool.execute(target)
    expect(tracker.timeline('api/a').map(({ time, state }) => [time, state])).toEqual([
      [0, 'up'],
      [10, 'maintenance'],
      [20, 'unknown'],
      [30, 'up'],
    ])
  })
})

describe('reports of load', () => {
  it('reach the selection with their time; a wrong report is a fault and changes nothing', () => {
    const { clock, pool, log } = made({
      selection: {
        kind: 'mine',
        start: () => ({
          pick: (list) => list.find(({ load }) => load !== undefined) ?? (list[0] as (typeof list)[number]),
        }),
      } satisfies Selection,
    })
    pool.report('b', { utilisation: 0.5 })
    for (const wrong of [
      { utilisation: Number.NaN },
      { utilisation: -1 },
      { utilisation: 1e9 },
      { utilisation: 0.1, rate: 1e12 },
      {},
      null,
    ]) {
      pool.report('b', wrong as never)
    }
    pool.report('nobody', { utilisation: 0.5 })
    expect(log.of('fault').map(({ source }) => source)).toEqual(new Array(6).fill('report'))
    expect(clock.pending).toBe(0)
    return expect(pool.execute(target)).resolves.toBe('b')
  })

  it.each([
    ['TEXT cpu_utilization=0.3, rps_fractional=10, eps=1', { utilisation: 0.3, rate: 10, errors: 1 }],
    ['cpu_utilization=0.3', { utilisation: 0.3, rate: 0, errors: 0 }],
    ['JSON {"cpu_utilization": 0.3, "rps_fractional": 10}', { utilisation: 0.3, rate: 10, errors: 0 }],
    ['JSON {"cpuUtilization": 0.3, "applicationUtilization": 0.8}', { utilisation: 0.8, rate: 0, errors: 0 }],
    ['TEXT application_utilization=0, cpu_utilization=0.4', { utilisation: 0.4, rate: 0, errors: 0 }],
    ['TEXT cpu_utilization:0.3, rps_fractional:10, eps: 1', { utilisation: 0.3, rate: 10, errors: 1 }],
    ['TEXT: cpu_utilization=0.3', { utilisation: 0.3, rate: 0, errors: 0 }],
    ['cpu_utilization : 0.3', { utilisation: 0.3, rate: 0, errors: 0 }],
    ['JSON: {"cpu_utilization": 0.3}', { utilisation: 0.3, rate: 0, errors: 0 }],
    ['TEXT cpu_utilization:0.3:4', undefined],
    ['TEXT , cpu_utilization', undefined],
    ['TEXT named_metrics.queue=4', undefined],
    ['TEXT cpu_utilization=', undefined],
    ['TEXT cpu_utilization=much', undefined],
    ['TEXT cpu_utilization=-1', undefined],
    ['JSON {', undefined],
    ['JSON 5', undefined],
    ['JSON {"cpu_utilization": "0.3"}', undefined],
    ['', undefined],
    [null, undefined],
  ])('are read from the header %s', (header, report) => {
    expect(readLoadReport(header)).toEqual(report)
  })
})
