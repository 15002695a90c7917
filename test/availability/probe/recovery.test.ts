import {
  type AvailabilityTrackerOptions,
  availabilityTracker,
  type ProbeOptions,
  type RecoverOptions,
  type RecoveryContext,
} from 'holdfast/availability'
import { pipeline } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'
import { seededRandom, type VirtualClock, virtualClock } from 'holdfast/testing'
import { timeout } from 'holdfast/timeout'
import { describe, expect, it, vi } from 'vitest'

const second = 1000
const events = ['outageStart', 'recoveryStart', 'recoveryEnd', 'recoveryGiveUp', 'outageEnd', 'fault'] as const

/** A component with a probe every 10 s: down by the first bad check, up by the first good one. */
function watched(
  recover: Partial<RecoverOptions> = {},
  more: ProbeOptions = {},
  options: AvailabilityTrackerOptions = {},
  policyOn?: (clock: VirtualClock) => NonNullable<RecoverOptions['policy']>,
) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, ...options })
  const service = { up: true, checks: 0 }
  const told: string[] = []
  for (const event of events) {
    tracker.on(event, (payload: object) => {
      const { attempt, attempts, ok, source } = payload as Record<string, unknown>
      told.push(
        [clock.now() / second, event, attempt ?? attempts ?? source, ok].filter((x) => x !== undefined).join(' '),
      )
    })
  }
  const contexts: RecoveryContext[] = []
  const action = vi.fn((context: RecoveryContext): unknown => {
    service.up = true
    return context
  })
  const run = (context: RecoveryContext): unknown => {
    contexts.push(context)
    return action(context)
  }
  const check = (): boolean => {
    service.checks++
    if (!service.up) throw new Error('refused')
    return true
  }
  const policied = policyOn === undefined ? {} : { policy: policyOn(clock) }
  const start = () =>
    tracker.probe('db', check, {
      every: '10s',
      jitter: 0,
      rise: 1,
      fall: 1,
      recover: { run, ...policied, ...recover },
      ...more,
    })
  return { clock, tracker, service, told, contexts, action, start }
}

const never = (): Promise<never> => new Promise(() => {})

describe('a recovery', () => {
  it('acts without a listener, and counts one outage as one', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const attempts: number[] = []
    const run = ({ attempt }: RecoveryContext): void => void attempts.push(attempt)
    tracker.probe('db', () => false, { every: '10s', jitter: 0, fall: 1, recover: { run, backoff: '10s', limit: 3 } })
    await clock.advance('2m')
    tracker.close()

    expect(attempts).toEqual([1, 2, 3])
  })

  it('waits until an outage is long enough to count as one', async () => {
    const { clock, service, told, start } = watched({}, {}, { accounting: { confirmDown: '25s' } })
    start()
    await clock.advance('15s')
    service.up = false
    await clock.advance('1m')

    expect(told.filter((line) => line.includes('recoveryStart'))).toEqual(['45 recoveryStart 1'])
  })

  it('acts once the component is known to be down, looks at once whether it helped, and leaves its stamps', async () => {
    const { clock, tracker, service, told, contexts, action, start } = watched({}, { fall: 2 })
    action.mockImplementation(async () => {
      await new Promise<void>((resolve) => clock.schedule({ fire: resolve } as never, 3 * second))
      service.up = true
    })
    start()
    await clock.advance('5s')
    service.up = false
    await clock.advance('30s')

    expect(told).toEqual(['20 outageStart', '20 recoveryStart 1', '23 recoveryEnd 1 true', '23 outageEnd'])
    expect(contexts).toMatchObject([{ component: 'db', attempt: 1, since: 10 * second, error: new Error('refused') }])
    const { outages, phases, mttr } = tracker.report()
    expect(outages[0]?.phases).toEqual({
      detected: 20 * second,
      acknowledged: null,
      diagnosed: null,
      repairStarted: 20 * second,
      repaired: 23 * second,
      restored: 23 * second,
      resolved: null,
    })
    expect(phases).toMatchObject({ detection: 10 * second, repair: 3 * second, recovery: 0 })
    expect(mttr).toMatchObject({ recovery: 13 * second, repair: 3 * second, respond: 3 * second })
    expect(clock.pending).toBe(1)
  })

  it('takes the action alone', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const recover = vi.fn()
    tracker.probe('db', () => false, { recover })
    await clock.advance(1)

    expect(recover).toHaveBeenCalledTimes(1)
  })

  it('does nothing while it does not know, and nothing for a component that is fine', async () => {
    const { clock, tracker, action, start, told } = watched()
    start()
    await clock.advance('1m')
    tracker.component('db').unknown()
    await clock.advance('1m')

    expect(action).not.toHaveBeenCalled()
    expect(told).toEqual([])
  })

  it('waits until the component has been down for `after`, whichever source reports it', async () => {
    const { clock, tracker, told, start, action } = watched({ after: '1m' })
    const database = tracker.component('db')
    start()
    await clock.advance('5s')
    database.down({ time: 2 * second })
    await clock.advance('20s')
    database.up()
    await clock.advance('5m')
    expect(action).not.toHaveBeenCalled()
    database.down({ time: clock.now() - 20 * second })
    await clock.advance('39s')
    expect(action).not.toHaveBeenCalled()
    await clock.advance('1s')
    expect(action).toHaveBeenCalledTimes(1)
    database.up()

    expect(told.map((line) => line.split(' ')[1])).toEqual([
      'outageStart',
      'outageEnd',
      'outageStart',
      'recoveryStart',
      'recoveryEnd',
      'outageEnd',
    ])
  })

  it('tries again after its backoff, and gives up at its limit', async () => {
    const { clock, service, action, start, told, tracker } = watched({ backoff: '30s', limit: 3 })
    const ended: unknown[] = []
    tracker.on('recoveryEnd', ({ ok, error, duration, since }) => ended.push([ok, error, duration, since]))
    tracker.on('recoveryGiveUp', ({ attempts, error, since }) => ended.push([attempts, error, since]))
    const broken = new Error('no such unit')
    action
      .mockRejectedValueOnce(broken)
      .mockReturnValueOnce(false)
      .mockImplementationOnce(() => {
        throw broken
      })
    service.up = false
    start()
    await clock.advance('10m')

    expect(told).toEqual([
      '0 outageStart',
      '0 recoveryStart 1',
      '0 recoveryEnd 1 false',
      '30 recoveryStart 2',
      '30 recoveryEnd 2 false',
      '60 recoveryStart 3',
      '60 recoveryEnd 3 false',
      '60 recoveryGiveUp 3',
    ])
    expect(ended).toEqual([
      [false, broken, 0, 0],
      [false, new Error('the recovery gave false'), 0, 0],
      [false, broken, 0, 0],
      [3, broken, 0],
    ])
    service.up = true
    await clock.advance('10s')
    service.up = false
    await clock.advance('10s')
    expect(told.at(-2)).toMatch(/recoveryStart 1/)
  })

  it('gives a success time to help, and gives up where it did not', async () => {
    const { clock, service, action, start, told, tracker } = watched({ backoff: '30s', limit: 1 })
    const errors: unknown[] = []
    tracker.on('recoveryGiveUp', ({ error }) => errors.push(error))
    action.mockReturnValue('done')
    service.up = false
    start()
    await clock.advance('10m')

    expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '0 recoveryEnd 1 true', '30 recoveryGiveUp 1'])
    expect(errors).toEqual([undefined])
    expect(tracker.report().outages[0]?.phases).toMatchObject({ repaired: 0, restored: null })
  })

  it('grows its waits by default, drawn from the random source of the tracker', async () => {
    const { clock, service, action, start } = watched({}, {}, { random: () => 1 - Number.EPSILON })
    const at: number[] = []
    action.mockImplementation(() => {
      at.push(Math.round(clock.now() / second))
      return false
    })
    service.up = false
    start()
    await clock.advance('22m')

    expect(at).toEqual([0, 10, 30, 70, 150, 310, 610, 910, 1210])
  })

  it('gives up where the backoff says so, and uses the default where that fails', async () => {
    const backoff = vi.fn((): number => Number.POSITIVE_INFINITY)
    const { clock, service, action, start, told } = watched({ backoff }, {}, { random: seededRandom(1) })
    backoff.mockReturnValueOnce(-1)
    action.mockReturnValue(false)
    service.up = false
    start()
    await clock.advance('10m')

    expect(told.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'outageStart',
      'recoveryStart 1',
      'fault backoff',
      'recoveryEnd 1 false',
      'recoveryStart 2',
      'recoveryEnd 2 false',
      'recoveryGiveUp 2',
    ])
  })

  it('takes an attempt that hangs for failed, and holds the next one back until it has really ended', async () => {
    const { clock, service, action, start, told, contexts } = watched({ backoff: '5s', timeout: '20s' })
    let end: ((value: unknown) => void) | undefined
    action.mockImplementationOnce(() => new Promise((resolve) => (end = resolve)))
    service.up = false
    start()
    await clock.advance('1m')
    expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '20 recoveryEnd 1 false'])
    expect(contexts[0]?.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'The recovery took too long' })
    end?.('at last')
    await clock.advance('1s')

    expect(told.slice(3)).toEqual(['60 recoveryStart 2', '60 recoveryEnd 2 true', '60 outageEnd'])
  })

  it('is aborted when the component comes back by itself', async () => {
    const { clock, service, action, start, told, contexts } = watched()
    let end: ((value: unknown) => void) | undefined
    action.mockImplementation(() => new Promise((resolve) => (end = resolve)))
    service.up = false
    start()
    await clock.advance('5s')
    service.up = true
    await clock.advance('10s')
    expect(contexts[0]?.signal.reason).toMatchObject({ name: 'AbortError', message: 'The component serves again' })
    service.up = false
    await clock.advance('10s')
    // It does not listen to its signal, so nothing begins beside it.
    expect(action).toHaveBeenCalledTimes(1)
    end?.('too late')
    await clock.advance('1s')

    expect(told).toEqual([
      '0 outageStart',
      '0 recoveryStart 1',
      '10 recoveryEnd 1 false',
      '10 outageEnd',
      '20 outageStart',
      '25 recoveryStart 1',
    ])
  })

  it('is aborted by a maintenance, and goes on counting after it', async () => {
    const { clock, tracker, service, action, start, told, contexts } = watched({ backoff: '5s' })
    action.mockImplementationOnce(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)))
    service.up = false
    start()
    await clock.advance('5s')
    const work = { component: 'db', state: 'maintenance', start: clock.now(), id: 'work' } as const
    tracker.record(work)
    expect(contexts[0]?.signal.reason).toMatchObject({ message: 'The component is under maintenance' })
    await clock.advance('20s')
    tracker.record({ ...work, end: clock.now() })
    await clock.advance('1s')

    expect(told).toEqual([
      '0 outageStart',
      '0 recoveryStart 1',
      '5 recoveryEnd 1 false',
      '25 recoveryStart 2',
      '25 recoveryEnd 2 true',
      '25 outageEnd',
    ])
  })

  it('is over where the component is degraded, and begins again where it is down again', async () => {
    const { clock, tracker, action, start, told } = watched({ backoff: '5m' })
    const database = tracker.component('db')
    action.mockReturnValue('done')
    start()
    await clock.advance('1s')
    for (let outage = 0; outage < 2; outage++) {
      database.down()
      await clock.advance('1s')
      database.degraded()
      await clock.advance('1s')
    }

    expect(told.filter((line) => line.includes('recoveryStart'))).toEqual(['1 recoveryStart 1', '3 recoveryStart 1'])
  })

  it('needs no listener', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    let calls = 0
    const run = (): boolean => ++calls > 5
    tracker.probe('db', () => false, { recover: { run, backoff: '1s', limit: 3 } })
    await clock.advance('1m')

    expect(calls).toBe(3)
  })

  it('leaves an attempt alone while nothing is known, and begins none', async () => {
    const { clock, service, action, told, start, tracker } = watched({ backoff: '1s' })
    let end: ((value: unknown) => void) | undefined
    action.mockImplementation(() => new Promise((resolve) => (end = resolve)))
    service.up = false
    const probing = start()
    const other = tracker.probe('db', () => (service.up ? true : 'unknown'), { every: '1s', jitter: 0 })
    await clock.advance('5s')
    other.stop()
    expect(action).toHaveBeenCalledTimes(1)
    end?.('done')
    await clock.advance(0)
    tracker.component('db').unknown()
    expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '5 recoveryEnd 1 true'])
    probing.stop()
    await clock.advance('1m')

    expect(action).toHaveBeenCalledTimes(1)
    expect(clock.pending).toBe(0)
  })

  it('runs under its policy, and is aborted through it', async () => {
    const { clock, service, action, start, told, contexts } = watched({ backoff: '1m' }, {}, {}, (own) =>
      pipeline({ name: 'careful', clock: own }, retry({ retries: 2, backoff: '1s' }), timeout('2s')),
    )
    action.mockImplementationOnce(never).mockImplementationOnce(() => {
      throw new Error('not yet')
    })
    service.up = false
    start()
    await clock.advance('10s')
    expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '4 recoveryEnd 1 true', '4 outageEnd'])
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 1, 1])
    action.mockImplementation(never)
    service.up = false
    await clock.advance('9s')
    service.up = true
    await clock.advance('10s')

    expect(contexts.at(-1)?.signal.aborted).toBe(true)
    expect(clock.pending).toBe(1)
  })

  it.each([[new Response(null, { status: 503 })], [false]])(
    'has failed for its policy where it gives %s',
    async (given) => {
      const { clock, service, action, start, told } = watched({ backoff: '1m' }, {}, {}, (own) =>
        pipeline({ name: 'careful', clock: own }, retry({ retries: 1, backoff: '1s' })),
      )
      action.mockImplementationOnce(() => given)
      service.up = false
      start()
      await clock.advance('10s')

      expect(action).toHaveBeenCalledTimes(2)
      expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '1 recoveryEnd 1 true', '1 outageEnd'])
    },
  )

  it.each(['stop', 'close'] as const)('is aborted by %s, and leaves nothing behind', async (how) => {
    const { clock, service, action, start, told, contexts, tracker } = watched()
    action.mockImplementation(never)
    service.up = false
    const probing = start()
    await clock.advance('5s')
    if (how === 'stop') probing.stop()
    else tracker.close()

    expect(contexts[0]?.signal.reason).toMatchObject({ name: 'AbortError', message: 'The probe was stopped' })
    expect(told.slice(2)).toEqual(['5 recoveryEnd 1 false'])
    await clock.advance('1h')
    expect(clock.pending).toBe(0)
    expect(action).toHaveBeenCalledTimes(1)
  })

  it('does not begin where a listener has brought the component back, or stopped the probe', async () => {
    for (const how of ['back', 'stop'] as const) {
      const { clock, service, action, start, told, tracker } = watched()
      service.up = false
      const probing = start()
      tracker.on('recoveryStart', () => {
        if (how === 'stop') probing.stop()
        else tracker.component('db').maintenance()
      })
      await clock.advance('5s')

      expect(action).not.toHaveBeenCalled()
      expect(told.slice(1)).toEqual(['0 recoveryStart 1', '0 recoveryEnd 1 false'])
    }
  })

  it('looks no more where a listener to its end has stopped the probe', async () => {
    const { clock, service, start, told, tracker } = watched({ limit: 1 })
    service.up = false
    const probing = start()
    tracker.on('recoveryEnd', () => probing.stop())
    await clock.advance('1m')

    expect(told).toEqual(['0 outageStart', '0 recoveryStart 1', '0 recoveryEnd 1 true'])
    expect(service.checks).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('has ended at the latest when the component served, however long its action took to say so', async () => {
    const { clock, service, action, start, tracker } = watched({}, { rise: 3, every: '10s' })
    action.mockImplementation(async ({ signal }) => {
      await new Promise<void>((resolve) => clock.schedule({ fire: resolve } as never, 15 * second))
      signal.throwIfAborted()
    })
    service.up = false
    start()
    await clock.advance('5s')
    service.up = true
    await clock.advance('1m')

    expect(tracker.report().outages[0]?.phases).toMatchObject({ repaired: 10 * second, restored: 10 * second })
    expect(tracker.report().phases).toMatchObject({ repair: 10 * second, recovery: 0 })
  })

  it('counts again where a late event makes two outages of one, and drops what it planned for the first', async () => {
    const { clock, action, start, tracker, told } = watched({ limit: 1, backoff: '1s' })
    const database = tracker.component('db')
    let end: ((value: unknown) => void) | undefined
    action.mockImplementation(() => new Promise((resolve) => (end = resolve)))
    start()
    await clock.advance('1s')
    database.down()
    await clock.advance('20s')
    database.down()
    database.up({ time: 15 * second })
    end?.(false)
    await clock.advance(0)
    end?.(false)
    await clock.advance('1m')

    expect(told).toEqual([
      '1 outageStart',
      '1 recoveryStart 1',
      '21 outageEnd',
      '21 outageStart',
      '21 recoveryEnd 1 false',
      '21 recoveryStart 1',
      '21 recoveryEnd 1 false',
      '21 recoveryGiveUp 1',
    ])
    expect(clock.pending).toBe(1)
  })

  it('is not confused by an outage that was taken back altogether, nor by one that is planned', async () => {
    const { clock, action, start, tracker, told } = watched({}, { rise: 1 })
    const database = tracker.component('db')
    start()
    await clock.advance('5s')
    database.down({ id: 'wrong' })
    action.mockReturnValue('done')
    await clock.advance('1s')
    tracker.record({ component: 'db', state: 'down', start: 50 * second, end: 51 * second })
    database.up({ time: 5 * second })

    expect(told).toEqual(['5 outageStart', '5 recoveryStart 1', '5 recoveryEnd 1 true'])
    expect(tracker.report({ window: { from: 0, to: 6000 } }).failures).toBe(0)
  })

  it('does not let a clock that fails out of its timers and promises', async () => {
    const { clock, service, start, told, action } = watched({ backoff: '5s' })
    service.up = false
    start()
    const broken = (): void => {
      vi.spyOn(clock, 'wall').mockImplementationOnce(() => {
        throw new Error('no clock')
      })
    }
    action.mockImplementationOnce(() => broken()).mockReturnValueOnce(false)
    await clock.advance('2s')
    broken()
    await clock.advance('10s')

    expect(told).toEqual([
      '0 outageStart',
      '0 recoveryStart 1',
      '0 fault recover',
      '5 fault recover',
      '6 recoveryStart 2',
      '6 recoveryEnd 2 false',
      '11 recoveryStart 3',
      '11 recoveryEnd 3 true',
      '11 outageEnd',
    ])
  })

  it.each(Array.from({ length: 16 }, (_, index) => index + 1))(
    'goes on whichever reading of a clock fails: %i',
    async (failing) => {
      const { clock, service, start, told, tracker, action } = watched({ backoff: '20s' })
      start()
      await clock.advance('5s')
      service.up = false
      const wall = clock.wall.bind(clock)
      let reading = 0
      vi.spyOn(clock, 'wall').mockImplementation(() => {
        if (++reading === failing) throw new Error('no clock')
        return wall()
      })
      await clock.advance('2m')

      expect(told.filter((line) => line.includes('fault')).length).toBe(1)
      expect(tracker.state('db')).toBe('up')
      expect(action).toHaveBeenCalled()
    },
  )

  it('keeps an attempt under way where a clock fails', async () => {
    const { clock, service, start, told, tracker, action } = watched({ backoff: '1s' })
    let end: (() => void) | undefined
    action.mockImplementation(() => new Promise<void>((resolve) => (end = resolve)))
    service.up = false
    start()
    await clock.advance('1s')
    const wall = clock.wall()
    const broken = vi.spyOn(clock, 'wall').mockReturnValueOnce(wall)
    broken.mockImplementationOnce(() => {
      throw new Error('no clock')
    })
    tracker.component('db').up()
    await clock.advance('5s')
    expect(told.slice(2)).toEqual(['1 fault recover'])
    service.up = true
    end?.()
    await clock.advance('1s')

    expect(action).toHaveBeenCalledTimes(1)
    expect(told.slice(3)).toEqual(['6 recoveryEnd 1 true', '6 outageEnd'])
  })

  it('makes no further attempt where a clock fails at its limit', async () => {
    const { clock, service, start, action } = watched({ limit: 1, backoff: '1s' })
    service.up = false
    action.mockImplementation(() => {
      vi.spyOn(clock, 'wall').mockImplementationOnce(() => {
        throw new Error('no clock')
      })
      return false
    })
    start()
    await clock.advance('1m')

    expect(action).toHaveBeenCalledTimes(1)
  })

  it('has a check under way end before it looks again', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, random: () => 0.5 })
    const starts: number[] = []
    const wait = (ms: number) => new Promise<void>((resolve) => clock.schedule({ fire: resolve } as never, ms))
    let up = false
    const check = async (): Promise<boolean> => {
      const now = up
      starts.push(clock.now() / second)
      await wait(4 * second)
      return now
    }
    const recover = async (): Promise<void> => {
      await wait(8 * second)
      up = true
    }
    tracker.probe('db', check, { every: '10s', rise: 1, fall: 1, recover })
    await clock.advance('30s')

    // Down is known at 4, the repair is done at 12, in the middle of the second check.
    expect(starts).toEqual([0, 10, 14, 24])
    expect(tracker.report().outages).toMatchObject([{ start: 0, end: 14 * second, phases: { repaired: 12 * second } }])
  })

  it('refuses what is no action, and options out of bounds', () => {
    const { tracker } = watched()
    const probe = (recover: unknown) => () => tracker.probe('db', () => true, { recover: recover as never })

    expect(probe(5)).toThrow('availabilityTracker: recover: run must be a function, got 5')
    expect(probe({})).toThrow('recover: run must be a function, got undefined')
    expect(probe({ run: never, policy: {} })).toThrow('recover: policy must be a policy, got an object')
    expect(probe({ run: never, limit: 0 })).toThrow('recover: limit must be an integer >= 1 or Infinity, got 0')
    expect(probe({ run: never, after: -1 })).toThrow('recover: after must be a duration >= 0, got -1')
    expect(probe({ run: never, timeout: 0 })).toThrow('recover: timeout must be a duration > 0, got 0')
    expect(probe({ run: never, wait: 0 })).toThrow('"wait" is not an option')
    expect(() => tracker.timeline('db')).not.toThrow()
    expect(tracker.report().components).toEqual({})
  })
})
