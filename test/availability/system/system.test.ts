import {
  type AvailabilityTrackerOptions,
  availabilityTracker,
  type ComponentState,
  component,
  kOfN,
  network,
  parallel,
  replicas,
  series,
  soft,
} from 'holdfast/availability'
import { failoverPool } from 'holdfast/failover'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const [a, b, c] = [component('a'), component('b'), component('c')] as const

const pair = parallel(a, b)

function tracked(options: AvailabilityTrackerOptions = {}) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, ...options })
  const told: string[] = []
  for (const event of ['outageStart', 'outageEnd'] as const) {
    tracker.on(event, ({ component: name }) => told.push(`${clock.now()} ${event} ${name}`))
  }
  const tell = (name: string, state: ComponentState, time = clock.now()) => tracker.component(name)[state]({ time })
  const states = (name = 'shop') => tracker.timeline(name).map(({ time, state }) => [time, state])
  return { clock, tracker, tell, states, told }
}

type Short = 'u' | 'd' | 'x' | 'm' | '?'
const long = { u: 'up', d: 'degraded', x: 'down', m: 'maintenance', '?': 'unknown' } as const

describe('the state of a system', () => {
  it.each([
    // All are needed: the worst.
    ['series', series(a, b, c), 'uuu', 'u'],
    ['series', series(a, b, c), 'udu', 'd'],
    ['series', series(a, b, c), 'ud?', '?'],
    ['series', series(a, b, c), 'm?u', 'm'],
    ['series', series(a, b, c), 'm?x', 'x'],
    // One is needed: the best.
    ['parallel', parallel(a, b, c), 'xxu', 'u'],
    ['parallel', parallel(a, b, c), 'xxd', 'd'],
    ['parallel', parallel(a, b, c), 'dx?', 'd'],
    ['parallel', parallel(a, b, c), 'xm?', '?'],
    ['parallel', parallel(a, b, c), 'xmm', 'm'],
    ['parallel', parallel(a, b, c), 'xxx', 'x'],
    // Two are needed.
    ['2 of 3', kOfN(2, [a, b, c]), 'uux', 'u'],
    ['2 of 3', kOfN(2, [a, b, c]), 'uud', 'u'],
    ['2 of 3', kOfN(2, [a, b, c]), 'udx', 'd'],
    ['2 of 3', kOfN(2, [a, b, c]), 'u?x', '?'],
    ['2 of 3', kOfN(2, [a, b, c]), 'umx', 'm'],
    ['2 of 3', kOfN(2, [a, b, c]), 'm?x', 'm'],
    ['2 of 3', kOfN(2, [a, b, c]), 'uxx', 'x'],
    // A soft dependency makes it degraded at most, and is not waited for.
    ['soft', series(a, soft(b)), 'uu', 'u'],
    ['soft', series(a, soft(b)), 'u?', 'u'],
    ['soft', series(a, soft(b)), 'ud', 'd'],
    ['soft', series(a, soft(b)), 'um', 'd'],
    ['soft', series(a, soft(b)), 'ux', 'd'],
    ['soft', series(a, soft(b)), 'xx', 'x'],
    ['soft', series(a, soft(b)), '?x', '?'],
    ['soft', series(a, soft(parallel(b, c))), 'uxu', 'u'],
    // One component in two places is one component.
    ['shared', parallel(series(a, c), series(b, c)), 'xux', 'x'],
    ['shared', parallel(series(a, c), series(b, c)), 'xuu', 'u'],
    ['shared', kOfN(2, [pair, pair, c]), 'xux', 'u'],
    ['alone', a, 'd', 'd'],
  ] as const)('follows its parts: %s of %s', (_name, block, parts, expected) => {
    const { tracker, tell } = tracked()
    tracker.system('shop', block)
    for (const [index, state] of [...parts].entries()) tell('abc'[index] as string, long[state as Short])

    expect(tracker.state('shop')).toBe(long[expected as Short])
  })

  it('takes a part under maintenance as serving, where the option says so', () => {
    const { tracker, tell } = tracked()
    tracker.system('shop', series(a, b), { maintenance: 'up' })
    tell('a', 'up')
    tell('b', 'maintenance')

    expect(tracker.state('shop')).toBe('up')
  })

  it('looks under a maintenance that is ignored', async () => {
    const { clock, tracker, tell, states } = tracked({ accounting: { maintenance: 'ignore' } })
    tracker.system('shop', series(a, b))
    tell('a', 'up')
    tell('b', 'up')
    await clock.advance(10)
    tracker.record({ component: 'b', state: 'maintenance', start: 10, end: 50 })
    await clock.advance(10)
    tell('b', 'down')
    await clock.advance(10)

    expect(states()).toEqual([
      [0, 'up'],
      [20, 'down'],
    ])
    expect(tracker.report({ component: 'shop' })).toMatchObject({ uptime: 20, downtime: 10 })
  })

  it('is unknown for a component without events', () => {
    const { tracker } = tracked()

    expect(tracker.state('nobody')).toBe('unknown')
    expect(tracker.report().components).toEqual({})
  })
})

describe('the timeline of a system', () => {
  it('is that of its parts, with the outages, their detection and a reason', async () => {
    const { clock, tracker, tell, states, told } = tracked()
    tracker.system('shop', parallel(a, b))
    tell('a', 'up')
    tell('b', 'up')
    await clock.advance(10)
    tell('a', 'down')
    await clock.advance(10)
    tell('b', 'down', 15)
    await clock.advance(10)
    tell('a', 'up')

    expect(states()).toEqual([
      [0, 'up'],
      [15, 'down'],
      [30, 'up'],
    ])
    expect(tracker.report({ component: 'shop' }).outages).toMatchObject([
      { start: 15, detected: 20, end: 30, reason: 'down: a, b' },
    ])
    expect(told).toEqual([
      '10 outageStart a',
      '20 outageStart shop',
      '20 outageStart b',
      '30 outageEnd shop',
      '30 outageEnd a',
    ])
  })

  it('follows late news, and corrections', async () => {
    const { clock, tracker, tell, states } = tracked()
    tracker.system('shop', series(a, b))
    tell('a', 'up')
    tell('b', 'up')
    await clock.advance(100)
    tell('a', 'down')
    await clock.advance(100)
    tell('a', 'up')
    tell('b', 'down', 50)
    tell('b', 'up', 150)
    tell('a', 'up', 100)

    expect(states()).toEqual([
      [0, 'up'],
      [50, 'down'],
      [150, 'up'],
    ])
  })

  it('has the past of its parts, from before it was made', async () => {
    const { clock, tracker, tell, states } = tracked()
    tell('a', 'up')
    await clock.advance(10)
    tell('b', 'up')
    await clock.advance(10)
    tell('b', 'down')
    await clock.advance(10)
    tracker.system('shop', series(a, b))

    expect(states()).toEqual([
      [10, 'up'],
      [20, 'down'],
    ])
    // Nobody knows when that was noticed.
    expect(tracker.report({ component: 'shop' }).outages).toMatchObject([{ start: 20, detected: null }])
  })

  it('knows what is planned, and does not take it for present', async () => {
    const { clock, tracker, tell, states, told } = tracked()
    tracker.system('shop', a)
    tell('a', 'up')
    tracker.record({ component: 'a', start: 50, end: 60 })
    expect(tracker.state('shop')).toBe('up')
    expect(told).toEqual([])
    await clock.advance(55)

    expect(tracker.state('shop')).toBe('down')
    expect(states()).toEqual([
      [0, 'up'],
      [50, 'down'],
      [60, 'up'],
    ])
  })

  it('is unknown while the machine sleeps', async () => {
    const { clock, tracker, tell } = tracked()
    tracker.system('shop', series(a, b))
    tell('a', 'up')
    tell('b', 'up')
    await clock.advance(10)
    clock.suspend('1h')
    await clock.advance(10)

    expect(tracker.report({ component: 'shop' })).toMatchObject({
      uptime: 20,
      unknown: 3_600_000,
      suspended: 3_600_000,
    })
    expect(tracker.state('shop')).toBe('up')
  })

  it('is as good as its own evidence where nothing is known of the parts', () => {
    const { tracker, tell } = tracked()
    tracker.system('shop', series(a, b))
    tell('shop', 'up')
    expect(tracker.state('shop')).toBe('up')
    tell('b', 'down')

    expect(tracker.state('shop')).toBe('down')
  })

  it('says nothing before the first evidence, even of a soft dependency', async () => {
    const { clock, tracker, tell, states } = tracked()
    tracker.system('shop', soft(a))
    tell('a', 'unknown')
    expect(tracker.state('shop')).toBe('unknown')
    await clock.advance(10)
    tracker.record({ component: 'a', start: 10, end: 20, id: 'wrong' })
    expect(states()).toEqual([
      [10, 'degraded'],
      [20, 'up'],
    ])
    tracker.record({ component: 'a', start: 30, end: 30, id: 'wrong' })

    expect(states()).toEqual([])
  })

  it('follows what is taken back', async () => {
    const { clock, tracker, tell, states } = tracked()
    tell('a', 'up')
    tell('b', 'up')
    tracker.system('shop', series(a, b))
    await clock.advance(10)
    tracker.record({ component: 'a', start: 5, id: 'wrong' })
    expect(tracker.state('shop')).toBe('down')
    tracker.record({ component: 'a', state: 'degraded', start: 7, id: 'right' })
    tracker.record({ component: 'a', start: 5, end: 5, id: 'wrong' })

    expect(states()).toEqual([
      [0, 'up'],
      [7, 'degraded'],
    ])
  })

  it('goes through systems of systems', () => {
    const { tracker, tell } = tracked()
    tracker.system('shop', series(component('stock'), a))
    tracker.system('stock', parallel(b, c))
    for (const name of ['a', 'b', 'c']) tell(name, 'up')
    tell('b', 'down')
    expect(tracker.state('shop')).toBe('up')
    tell('c', 'down')

    expect(tracker.state('shop')).toBe('down')
    expect(tracker.timeline('shop').at(-1)?.reason).toBe('down: stock')
  })

  it('has members of a pool for parts', async () => {
    const { clock, tracker } = tracked()
    const pool = failoverPool(['one', 'two'], {
      name: 'store',
      clock,
      outlier: { consecutiveFailures: 1 },
      maxEjected: 1,
    })
    tracker.watch(pool)
    tracker.system('quorum', kOfN(2, [component('store/one'), component('store/two')]))
    for (let call = 0; call < 4; call++) await pool.execute(({ target }) => target)
    expect(tracker.state('quorum')).toBe('up')
    await pool.execute(({ target }) => (target === 'one' ? Promise.reject(new Error('no')) : target)).catch(() => {})
    await pool.execute(({ target }) => (target === 'one' ? Promise.reject(new Error('no')) : target)).catch(() => {})

    expect(tracker.state('store')).toBe('up')
    expect(tracker.state('quorum')).toBe('down')
  })

  it('says the first few of many that are down', () => {
    const { tracker, tell } = tracked()
    const names = replicas(5, component('r'))
    tracker.system('shop', parallel(...names))
    for (let index = 1; index <= 5; index++) tell(`r/${index}`, 'down')

    expect(tracker.timeline('shop')).toMatchObject([{ reason: 'down: r/1, r/2, r/3 and 2 more' }])
  })

  it('is the same after a restart that was short, once it is made again', async () => {
    const { clock, tracker, tell, states } = tracked()
    tracker.system('shop', series(a, b))
    tell('a', 'up')
    tell('b', 'up')
    await clock.advance(10)
    tell('b', 'down')
    await clock.advance(10)
    const restore = JSON.parse(JSON.stringify(tracker.snapshot()))
    const next = virtualClock({ wall: 20 })
    for (const early of [true, false]) {
      const again = availabilityTracker(early ? { restore } : { clock: next, restore })
      again.system('shop', series(a, b))
      if (early) continue
      expect(again.timeline('shop').map(({ at, state }) => [at, state])).toEqual(states())
      await next.advance(10)
      again.component('b').up()
      expect(again.timeline('shop').map(({ at, state }) => [at, state])).toEqual([...states(), [30, 'up']])
    }
  })

  it('is filled by a snapshot that comes with the first clock', () => {
    const clock = virtualClock({ wall: 20 })
    const old = availabilityTracker({ clock: virtualClock() })
    old.component('b')
    old.component('a').up()
    const tracker = availabilityTracker({ restore: old.snapshot() })
    tracker.system('shop', series(a, soft(b)))
    tracker.system('other', soft(b))
    tracker.watch(failoverPool(['one'], { clock }))

    expect(tracker.state('shop')).toBe('up')
    expect(tracker.timeline('other')).toEqual([])
  })
})

describe('a system', () => {
  it('is a root, and its parts are under it, until it is stopped', async () => {
    const { clock, tracker, tell } = tracked()
    tell('a', 'up')
    tell('b', 'down')
    const shop = tracker.system('shop', parallel(a, b))
    await clock.advance(10)
    const report = tracker.report()
    expect(report).toMatchObject({ component: 'shop', availability: 1 })
    expect(Object.keys(report.components).sort()).toEqual(['a', 'b', 'shop'])
    shop.stop()
    shop.stop()
    tell('a', 'down')
    await clock.advance(10)

    expect(tracker.state('shop')).toBe('unknown')
    expect(tracker.report()).toMatchObject({ component: 'b', availability: 0 })
  })

  it('ends with the tracker', () => {
    const { tracker, tell } = tracked()
    tracker.system('shop', a)
    tell('a', 'up')
    tracker.close()
    tell('a', 'down')

    expect(tracker.state('shop')).toBe('unknown')
  })

  it('may not be among its own parts, however far down', () => {
    const { tracker } = tracked()
    const one = tracker.system('one', series(a, component('two')))
    tracker.system('two', parallel(b, component('three'), component('three/a')))

    expect(() => tracker.system('self', series(a, component('self')))).toThrow(
      'availabilityTracker: block must not depend on the system itself, got self > self',
    )
    expect(() => tracker.system('three', series(c, a, a, component('one')))).toThrow(
      'availabilityTracker: block must not depend on the system itself, got three > one > two > three',
    )
    expect(() => tracker.system('b', series(component('one'), component('two')))).toThrow('got b > one > two > b')
    expect(tracker.report().components['three']).toMatchObject({ availability: null })
    one.stop()
    expect(() => tracker.system('three', component('one'))).not.toThrow()
  })

  it('visits a part of several systems once', () => {
    const { tracker } = tracked()
    tracker.system('low', a)
    tracker.system('left', component('low'))
    tracker.system('right', component('low'))

    expect(() => tracker.system('top', series(component('left'), component('right')))).not.toThrow()
  })

  it('is made of components with names, once', () => {
    const { tracker } = tracked()
    tracker.system('shop', a)

    expect(() => tracker.system('', a)).toThrow('availabilityTracker: name must be a non-empty string, got ""')
    expect(() => tracker.system('x', 5 as never)).toThrow('availabilityTracker: block must be a structure, got 5')
    expect(() => tracker.system('x', series(a, 0.99))).toThrow(
      'availabilityTracker: block must be made of components with names, got one without',
    )
    expect(() => tracker.system('x', kOfN(1, replicas(2, component('r', 0.99)), { beta: 0.1 }))).toThrow(
      'got "common cause of r/1, r/2"',
    )
    const edges = [{ from: 'in', to: 'out', part: 0.9 }]
    expect(() => tracker.system('x', network({ source: 'in', sink: 'out', edges }))).toThrow('got "in-out"')
    expect(() => tracker.system('shop', b)).toThrow('name must be that of no other system, got "shop"')
    expect(() => tracker.system('x', a, { maintenance: 'down' as never })).toThrow(
      "maintenance must be one of 'out', 'up', got \"down\"",
    )
    expect(tracker.report().component).toBe('shop')
  })
})
