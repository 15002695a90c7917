import { availabilityTracker, type ComponentState } from 'holdfast/availability'
import { type HealthEndpointsOptions, healthEndpoints } from 'holdfast/health'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { asked } from './asked.ts'

const never = () => new Promise<never>(() => {})

function collected() {
  const faults: string[] = []
  const onFault: NonNullable<HealthEndpointsOptions['onFault']> = ({ source, error }) =>
    faults.push(`${source}: ${(error as Error).message}`)
  return { faults, onFault }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('liveness', () => {
  it('ignores dependencies', async () => {
    const check = vi.fn(() => false)
    const { live, ready, startup } = healthEndpoints({ checks: { database: check }, startup: 'manual' })

    expect(await asked(live)).toEqual({ status: 200, body: { status: 'pass' } })
    expect((await asked(ready)).status).toBe(503)
    expect((await asked(startup)).status).toBe(503)
    expect(check).not.toHaveBeenCalled()
  })

  it('stays while the service drains, and after it has closed', async () => {
    const clock = virtualClock()
    const health = healthEndpoints({ clock })
    const drained = health.drain({ close: () => {} })
    expect((await asked(health.live)).status).toBe(200)
    await clock.settle(drained)

    expect((await asked(health.live)).status).toBe(200)
    expect((await asked(health.ready)).status).toBe(503)
  })
})

describe('readiness', () => {
  it('passes without dependencies', async () => {
    const health = healthEndpoints()

    expect(health.phase).toBe('starting')
    expect(await asked(health.ready)).toEqual({ status: 200, body: { status: 'pass' } })
    expect(health.phase).toBe('serving')
  })

  it('follows the components of a tracker', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const stock = tracker.component('stock')
    const search = tracker.component('search')
    const health = healthEndpoints({ tracker, components: ['stock', 'search'], optional: ['search'], clock })
    const seen = async () => `${(await asked(health.ready)).status} ${await health.status()}`

    expect(await seen()).toBe('200 warn')
    await clock.advance(1)
    stock.up()
    search.up()
    expect(await seen()).toBe('200 pass')
    await clock.advance(1)
    search.down()
    expect(await seen()).toBe('200 warn')
    await clock.advance(1)
    search.up()
    stock.degraded()
    expect(await seen()).toBe('200 warn')
    await clock.advance(1)
    stock.down()
    expect(await seen()).toBe('503 fail')
    await clock.advance(1)
    stock.up()
    expect(await seen()).toBe('200 pass')
    await clock.advance(1)
    stock.maintenance()
    expect(await seen()).toBe('503 fail')
  })

  it('can wait until all required parts are known to be up', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const { ready } = healthEndpoints({ tracker, components: ['stock'], unknown: 'unready', clock })

    expect(await asked(ready)).toMatchObject({ status: 503, body: { notes: ['starting'] } })
    tracker.component('stock').up()
    expect((await asked(ready)).status).toBe(200)
  })

  it('prefers a state method to a timeline, and is unknown when either has nothing', async () => {
    const timeline = (name: string) => (name === 'new' ? [] : [{ state: 'down' as const }, { state: 'up' as const }])
    const statuses = [{ timeline }, { timeline, state: () => 'down' as const }].map((tracker) =>
      healthEndpoints({ tracker, components: ['a'] }).status(),
    )

    expect(await Promise.all(statuses)).toEqual(['pass', 'fail'])
    expect(await healthEndpoints({ tracker: { timeline }, components: ['new'] }).status()).toBe('warn')
  })

  it('accepts any source of states, and treats an invalid state as unknown', async () => {
    const { faults, onFault } = collected()
    const parseResult: Record<string, unknown> = { a: 'up', b: 'fine' }
    const state = (name: string) => {
      if (name === 'c') throw new Error('no idea')
      return parseResult[name] as ComponentState
    }
    const late = { state: () => Promise.reject(new Error('late')) } as never
    expect(await healthEndpoints({ tracker: late, components: ['a'], onFault: () => {} }).status()).toBe('warn')
    const health = healthEndpoints({ tracker: { state }, components: ['a', 'b', 'c'], onFault })

    expect(await health.status()).toBe('warn')
    expect(faults).toEqual(['tracker: healthEndpoints: tracker must return a state, got "fine"', 'tracker: no idea'])
  })

  it.each([
    [undefined, 'pass'],
    [true, 'pass'],
    ['', 'pass'],
    [{ rows: [] }, 'pass'],
    ['up', 'pass'],
    [{ state: 'up' }, 'pass'],
    ['degraded', 'warn'],
    ['unknown', 'warn'],
    [{ state: 'degraded', value: 0.9 }, 'warn'],
    [false, 'fail'],
    ['down', 'fail'],
    ['maintenance', 'fail'],
    [new Response(null, { status: 200 }), 'pass'],
    [new Response(null, { status: 503 }), 'fail'],
    [{ state: 'down', output: 'disk full' }, 'fail'],
  ])('treats a check that returns %j as a %s', async (result, status) => {
    expect(await healthEndpoints({ checks: { one: () => result } }).status()).toBe(status)
    expect(await healthEndpoints({ checks: { one: async () => result } }).status()).toBe(status)
  })

  it('reveals to authorised callers why a check with a Response failed', async () => {
    const one = () => new Response(null, { status: 503, statusText: 'Service Unavailable' })
    const { body } = await asked(healthEndpoints({ checks: { one }, details: 'full' }).ready)

    const told = body.checks?.['one:responseTime']?.[0]
    expect(told?.['output']).toBe('Error: the check was answered with 503 Service Unavailable')
  })

  it('treats a check that throws or rejects as failed, whatever it throws', async () => {
    const unreadable = Object.defineProperty(new Error(), 'message', {
      get() {
        throw new Error('again')
      },
    })
    for (const error of [new Error('no'), 'no', undefined, null, Symbol('no'), unreadable, Object.create(null)]) {
      const one = () => {
        throw error
      }
      expect(await healthEndpoints({ checks: { one } }).status()).toBe('fail')
      expect(await healthEndpoints({ checks: { one: () => Promise.reject(error) } }).status()).toBe('fail')
    }
  })

  it('treats an invalid result as unknown, and reports it', async () => {
    const { faults, onFault } = collected()
    const results = [
      { state: 'ok' },
      { state: 'up', value: {} },
      { state: 'up', value: Number.NaN },
      { state: 'up', unit: 1 },
    ]
    for (const result of results) {
      expect(await healthEndpoints({ checks: { one: () => result }, onFault }).status()).toBe('warn')
    }

    expect(faults).toEqual([
      "checks.one: healthEndpoints: a check: state must be one of 'up', 'degraded', 'down', 'maintenance', 'unknown', got \"ok\"",
      'checks.one: healthEndpoints: a check: value must be a string, a boolean or a finite number, got an object',
      'checks.one: healthEndpoints: a check: value must be a string, a boolean or a finite number, got NaN',
      'checks.one: healthEndpoints: a check: unit must be a string, got 1',
    ])
  })

  it('limits a check that hangs, and starts no other beside it', async () => {
    const clock = virtualClock()
    const signals: AbortSignal[] = []
    let end = (_result: boolean) => {}
    const hangs = ({ signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise<boolean>((resolve) => {
        end = resolve
      })
    }
    const health = healthEndpoints({ checks: { one: hangs }, timeout: '500ms', maxAge: '2s', clock })
    const first = health.status()
    await clock.advance(499)
    expect(signals[0]?.aborted).toBe(false)
    expect(await clock.settle(first)).toBe('fail')
    expect(signals[0]?.aborted).toBe(true)
    await clock.advance('59s')
    expect(await health.status()).toBe('fail')
    expect(signals).toHaveLength(1)

    end(true)
    await clock.advance(0)
    const second = health.status()
    await clock.advance(0)
    expect(signals).toHaveLength(2)
    end(true)
    expect(await second).toBe('pass')
  })

  it('recovers after the promise of a check is lost: it checks again after a minute, then more rarely', async () => {
    const clock = virtualClock()
    const check = vi.fn<() => unknown>(never)
    const health = healthEndpoints({ checks: { one: check }, timeout: '500ms', clock })
    expect(await clock.settle(health.status())).toBe('fail')
    await clock.advance(59_999)
    expect(await health.status()).toBe('fail')
    expect(check).toHaveBeenCalledTimes(1)

    await clock.advance(1)
    expect(await clock.settle(health.status())).toBe('fail')
    expect(check).toHaveBeenCalledTimes(2)
    await clock.advance(119_999)
    expect(await health.status()).toBe('fail')
    expect(check).toHaveBeenCalledTimes(2)

    check.mockReturnValue(true)
    await clock.advance(1)
    expect(await health.status()).toBe('pass')
    expect(check).toHaveBeenCalledTimes(3)
  })

  it('makes one check for concurrent requests, and reuses its result for maxAge', async () => {
    const clock = virtualClock()
    let good = true
    const check = vi.fn(async () => good)
    const health = healthEndpoints({ checks: { one: check }, maxAge: '2s', clock })

    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => health.status())))).toEqual(new Set(['pass']))
    expect(check).toHaveBeenCalledTimes(1)
    good = false
    await clock.advance(1999)
    expect(await health.status()).toBe('pass')
    await clock.advance(1)
    expect(await health.status()).toBe('fail')
    expect(check).toHaveBeenCalledTimes(2)
    // A failure is kept for as long.
    good = true
    expect(await health.status()).toBe('fail')
  })

  it('makes its checks concurrently, each with its own limits', async () => {
    const clock = virtualClock()
    const quick = vi.fn()
    const health = healthEndpoints({
      checks: { slow: never, slower: { check: never, timeout: '700ms' }, quick: { check: quick, maxAge: 0 } },
      timeout: '500ms',
      clock,
    })
    const status = health.status()
    let over = false
    void status.then(() => {
      over = true
    })
    await clock.advance(699)
    expect(over).toBe(false)
    await clock.advance(1)
    expect(over).toBe(true)
    await health.status()
    expect(quick).toHaveBeenCalledTimes(2)
  })

  it('fails when the drain began while a check was running', async () => {
    const clock = virtualClock()
    let end = () => {}
    const check = () => new Promise<void>((resolve) => (end = resolve))
    const health = healthEndpoints({ checks: { one: check }, clock })
    const answer = asked(health.ready)
    await clock.advance(0)
    void health.drain()
    end()

    expect(await answer).toEqual({ status: 503, body: { status: 'fail', notes: ['draining'] } })
  })

  it('makes no checks while it drains', async () => {
    const check = vi.fn()
    const health = healthEndpoints({ checks: { one: check }, clock: virtualClock() })
    void health.drain()

    expect(await health.status()).toBe('fail')
    expect(check).not.toHaveBeenCalled()
  })
})

describe('startup', () => {
  it('is over the first time no required part is down, and stays so', async () => {
    let good = false
    const health = healthEndpoints({ checks: { one: { check: () => good, maxAge: 0 } } })

    expect(await asked(health.startup)).toMatchObject({ status: 503, body: { status: 'fail', notes: ['starting'] } })
    expect(health.phase).toBe('starting')
    good = true
    expect(await asked(health.startup)).toEqual({ status: 200, body: { status: 'pass' } })
    good = false
    expect((await asked(health.startup)).status).toBe(200)
    expect((await asked(health.ready)).body.notes).toBeUndefined()
    expect(health.phase).toBe('serving')
  })

  it('can be ended by started() alone', async () => {
    const health = healthEndpoints({ startup: 'manual' })

    for (const handler of [health.startup, health.ready]) {
      expect(await asked(handler)).toEqual({ status: 503, body: { status: 'fail', notes: ['starting'] } })
    }
    health.started()
    for (const handler of [health.startup, health.ready]) expect((await asked(handler)).status).toBe(200)
  })

  it('can be ended by started() before the checks pass', async () => {
    const health = healthEndpoints({ checks: { one: () => false } })
    health.started()

    expect((await asked(health.startup)).status).toBe(200)
    expect((await asked(health.ready)).status).toBe(503)
  })

  it('is not over when the drain begins before it, and stays over when it begins later', async () => {
    const early = healthEndpoints({ clock: virtualClock() })
    void early.drain()
    expect(await asked(early.startup)).toEqual({ status: 503, body: { status: 'fail', notes: ['draining'] } })

    const later = healthEndpoints({ clock: virtualClock() })
    later.started()
    void later.drain()
    expect((await asked(later.startup)).status).toBe(200)
  })
})
