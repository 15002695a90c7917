import { availabilityTracker } from 'holdfast/availability'
import { type CircuitBreakerOptions, circuitBreaker } from 'holdfast/circuit-breaker'
import { fallback } from 'holdfast/fallback'
import { pipeline, policy } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../../src/core/policy-of.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}
const fine = async (): Promise<string> => 'fine'

async function attempt(target: { execute(op: () => Promise<unknown>): Promise<unknown> }, op = fine): Promise<void> {
  await target.execute(op).catch(() => {})
}

function watched(options: CircuitBreakerOptions = { consecutiveFailures: 2, openFor: '30s' }) {
  const clock = virtualClock()
  const breaker = circuitBreaker({ name: 'db', clock, ...options })
  const tracker = availabilityTracker()
  const watching = tracker.watch(breaker)
  const states = (): unknown[] => tracker.timeline('db').map(({ time, state }) => [time, state])
  return { clock, breaker, tracker, watching, states }
}

describe('a watched circuit breaker', () => {
  it('is unknown until its first success, and up from then on', async () => {
    const { clock, breaker, tracker, states } = watched()
    await clock.advance('10s')
    expect(tracker.report().availability).toBeNull()
    await attempt(breaker)
    await clock.advance('10s')

    expect(states()).toEqual([[10_000, 'up']])
    expect(tracker.report()).toMatchObject({ component: 'db', unknown: 10_000, uptime: 10_000, availability: 1 })
  })

  it('is down since the first failure that tripped it, through every failed probe, until its probes succeed', async () => {
    const { clock, breaker, tracker, states } = watched()
    await attempt(breaker)
    await clock.advance('10s')
    await attempt(breaker, fail)
    await clock.advance('2s')
    await attempt(breaker, fail)
    expect(breaker.state).toBe('open')
    await clock.advance('30s')
    await attempt(breaker, fail)
    await clock.advance('30s')
    await attempt(breaker)
    await clock.advance('8s')

    expect(states()).toEqual([
      [0, 'up'],
      [10_000, 'down'],
      [72_000, 'up'],
    ])
    const report = tracker.report()
    expect(report).toMatchObject({ failures: 1, restorations: 1, downtime: 62_000, mttd: 2000 })
    expect(report.mttr).toEqual({ recovery: 62_000, repair: null, respond: 60_000, resolve: null })
    expect(report.outages[0]).toMatchObject({ start: 10_000, detected: 12_000, end: 72_000, reason: 'db: consecutive' })
  })

  it('was down from its first failure on where it had succeeded only in between', async () => {
    const { clock, breaker, states, tracker } = watched({ failureRate: 0.5, minimumCalls: 3 })
    await clock.advance(10)
    await attempt(breaker, fail)
    await clock.advance(10)
    await attempt(breaker)
    await clock.advance(10)
    await attempt(breaker, fail)

    expect(states()).toEqual([[10, 'down']])
    expect(tracker.report().openOutage?.startCensored).toBe(true)
  })

  it('listens to successes only while it waits for the first one', async () => {
    const { clock, breaker } = watched()
    const wants = (): boolean => policyOf(breaker)?.events.hasListeners('success') ?? false
    expect(wants()).toBe(true)
    await attempt(breaker)
    expect(wants()).toBe(false)
    const isolation = breaker.isolate()
    expect(wants()).toBe(false)
    isolation.release()
    expect(wants()).toBe(true)
    await clock.advance(5)
    await attempt(breaker)
    expect(wants()).toBe(false)
  })

  it('is in maintenance while isolated, unknown while disabled, and has to show itself after either', async () => {
    const { clock, breaker, states } = watched()
    await attempt(breaker)
    await clock.advance(10)
    const isolation = breaker.isolate()
    await clock.advance(10)
    isolation.release()
    await clock.advance(10)
    await attempt(breaker)
    await clock.advance(10)
    breaker.disable()
    await attempt(breaker)
    await clock.advance(10)
    breaker.reset()
    await clock.advance(10)
    await attempt(breaker)

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'maintenance'],
      [20, 'unknown'],
      [30, 'up'],
      [40, 'unknown'],
      [60, 'up'],
    ])
  })

  it('is up where it is reset by hand while it is open', async () => {
    const { clock, breaker, states } = watched()
    await attempt(breaker)
    await attempt(breaker, fail)
    await clock.advance(10)
    await attempt(breaker, fail)
    breaker.reset()

    expect(states()).toEqual([
      [0, 'down'],
      [10, 'up'],
    ])
  })

  it('is known by its first refusal where it was open, or isolated, before it was watched', async () => {
    const clock = virtualClock()
    const open = circuitBreaker({ name: 'open', consecutiveFailures: 1, clock })
    const isolated = circuitBreaker({ name: 'isolated', clock })
    await attempt(open, fail)
    isolated.isolate()
    const tracker = availabilityTracker({ clock })
    tracker.watch(open)
    tracker.watch(isolated)
    await clock.advance(10)
    await attempt(open)
    await attempt(isolated)

    const { components } = tracker.report()
    expect(components['open']).toMatchObject({
      state: 'down',
      failures: 0,
      openOutage: { start: 10, startCensored: true },
    })
    expect(components['isolated']).toMatchObject({ state: 'maintenance' })
    expect(components['open']?.requests.spared).toBe(1)
  })

  it('reports nothing once it is no longer watched', async () => {
    const { clock, breaker, tracker, watching, states } = watched()
    await attempt(breaker)
    await clock.advance(10)
    watching.stop()
    watching.stop()
    await attempt(breaker, fail)
    await attempt(breaker, fail)
    await clock.advance(10)

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'unknown'],
    ])
    expect(tracker.report().requests.calls).toBe(1)
    const { events } = policyOf(breaker) ?? {}
    for (const event of ['open', 'close', 'isolate', 'disable', 'reject', 'call', 'success']) {
      expect(events?.hasListeners(event), event).toBe(false)
    }
  })

  it('reports nothing once a listener stops the watch while an event is on its way', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock })
    const tracker = availabilityTracker()
    let stop = (): void => {}
    breaker.on('open', () => stop())
    breaker.on('call', () => stop())
    stop = tracker.watch(breaker).stop
    await attempt(breaker, fail)

    expect(tracker.timeline('db')).toEqual([])
    expect(tracker.report()).toMatchObject({ requests: { calls: 0 } })
    stop = tracker.watch(breaker).stop
    await attempt(breaker)
    expect(tracker.report().requests).toMatchObject({ calls: 0, spared: 1 })
  })

  it('feeds the component it is given, and may be watched as another at the same time', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', clock })
    const tracker = availabilityTracker()
    tracker.watch(breaker, { component: 'database' })
    tracker.watch(breaker)
    await attempt(breaker)

    expect(Object.keys(tracker.report().components)).toEqual(['database', 'db'])
  })

  it('represents its pipeline, and the worst of several does', async () => {
    const clock = virtualClock()
    const inner = circuitBreaker({ name: 'inner', consecutiveFailures: 1, openFor: 10, clock })
    const outer = circuitBreaker({ name: 'outer', clock })
    const guarded = pipeline({ name: 'api', clock }, outer, pipeline('nested', inner))
    const tracker = availabilityTracker()
    tracker.watch(guarded)
    await attempt(outer)
    await attempt(guarded)
    await clock.advance(10)
    await attempt(guarded, fail)
    await clock.advance(10)
    await attempt(guarded)

    expect(tracker.timeline('api').map(({ time, state }) => [time, state])).toEqual([
      [0, 'up'],
      [10, 'down'],
      [20, 'up'],
    ])
  })
})

describe('a watched policy without a circuit breaker', () => {
  function calls(options?: { consecutiveFailures: number }) {
    const clock = virtualClock()
    const guarded = pipeline({ name: 'api', clock }, retry({ retries: 0 }))
    const tracker = availabilityTracker({ consecutiveFailures: 3 })
    tracker.watch(guarded, options)
    return { clock, guarded, tracker, states: () => tracker.timeline('api').map(({ time, state }) => [time, state]) }
  }

  it('is up at its first good call and down since the first of so many bad ones in a row', async () => {
    const { clock, guarded, tracker, states } = calls()
    await attempt(guarded)
    for (const op of [fail, fail, fine, fail, fail, fail, fail, fine]) {
      await clock.advance(10)
      await attempt(guarded, op)
    }

    expect(states()).toEqual([
      [0, 'up'],
      [40, 'down'],
      [80, 'up'],
    ])
    expect(tracker.report().outages[0]).toMatchObject({ detected: 60, reason: 'api: failed calls in a row' })
  })

  it('may have a limit of its own, and calls given up by their caller say nothing', async () => {
    const { clock, guarded, states } = calls({ consecutiveFailures: 1 })
    await guarded.execute(fine, { signal: AbortSignal.abort() }).catch(() => {})
    expect(states()).toEqual([])
    await clock.advance(10)
    await attempt(guarded, fail)

    expect(states()).toEqual([[10, 'down']])
  })
})

describe('requests', () => {
  it('are counted as their callers saw them, with who saved them', async () => {
    const clock = virtualClock()
    const guarded = pipeline(
      { name: 'api', clock },
      fallback({ name: 'stale', value: 'old' }),
      retry({ retries: 1, backoff: 0 }),
      circuitBreaker({ consecutiveFailures: 2 }),
    )
    const tracker = availabilityTracker()
    tracker.watch(guarded)
    expect(tracker.report().requests).toEqual({
      calls: 0,
      attempts: 0,
      rawAvailability: null,
      deliveredAvailability: null,
      savedBy: {},
      spared: 0,
      injected: 0,
    })
    let first = true
    await attempt(guarded)
    await clock.settle(
      guarded.execute(async () => {
        if (!first) return 'fine'
        first = false
        throw new Error('once')
      }),
    )
    await clock.settle(guarded.execute(fail))
    await clock.settle(guarded.execute(fine))
    await guarded.execute(fine, { signal: AbortSignal.abort() }).catch(() => {})

    expect(tracker.report().requests).toEqual({
      calls: 4,
      attempts: 5,
      rawAvailability: 0.25,
      deliveredAvailability: 1,
      savedBy: { retry: 1, stale: 2 },
      spared: 1,
      injected: 0,
    })
  })
})

describe('the clock', () => {
  it('is that of the first policy watched, and stays', async () => {
    const one = virtualClock({ wall: 5 })
    const other = virtualClock()
    const tracker = availabilityTracker()
    tracker.watch(circuitBreaker({ clock: one, name: 'a' }))
    const foreign = circuitBreaker({ clock: other, name: 'b', consecutiveFailures: 2 })
    tracker.watch(foreign)
    await one.advance(100)
    await other.advance(1000)
    await attempt(foreign, fail)
    await other.advance(30)
    await attempt(foreign, fail)

    expect(tracker.report().window).toEqual({
      label: 'since start',
      zone: null,
      from: 0,
      to: 100,
      fromAt: 5,
      toAt: 105,
      duration: 100,
    })
    expect(tracker.timeline('b')).toMatchObject([{ time: 70, state: 'down' }])
  })

  it('is not forced on a policy that has none yet', () => {
    const later = circuitBreaker()
    const tracker = availabilityTracker()
    tracker.watch(later)

    expect(() => pipeline({ clock: virtualClock() }, later)).not.toThrow()
    expect(tracker.report().availability).toBeNull()
  })

  it('is read for free with every call, so that a suspend is found where it was', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const guarded = policy('api', (_call, next) => next())
    const clocked = pipeline({ clock }, guarded)
    tracker.watch(clocked)
    await attempt(clocked)
    await clock.advance(1000)
    await attempt(clocked)
    clock.suspend('1h')
    await clock.advance(1000)
    await attempt(clocked)
    await clock.advance(1000)

    const { components, suspended, clockSteps } = tracker.report()
    expect(components['pipeline']?.uptime).toBe(3000)
    expect(suspended).toBe(3_600_000)
    expect(clockSteps).toEqual([{ time: 2000, at: 3_602_000, by: 3_600_000 }])
    expect(tracker.timeline('pipeline').map(({ time, at, state }) => [time, at, state])).toEqual([
      [0, 0, 'up'],
      [1500, 1500, 'unknown'],
      [1500, 3_601_500, 'up'],
    ])
  })
})

describe('watch', () => {
  it('refuses what is no policy, and options it does not know', () => {
    const tracker = availabilityTracker()

    expect(() => tracker.watch({} as never)).toThrow('availabilityTracker: policy must be a policy, got an object')
    expect(() => tracker.watch(retry(), { component: '' })).toThrow(
      'availabilityTracker: component must be a non-empty string, got ""',
    )
    expect(() => tracker.watch(retry(), { consecutiveFailures: 0 })).toThrow(
      'availabilityTracker: consecutiveFailures must be an integer >= 1, got 0',
    )
  })
})
