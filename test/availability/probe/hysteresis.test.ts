import { availabilityTracker, type ProbeOptions } from 'holdfast/availability'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const second = 1000

/** A probe whose checks give these results, one after the other; the last one repeats. */
function answering(results: readonly unknown[], options: ProbeOptions = {}, random = () => 0.5) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, random })
  const starts: number[] = []
  const check = (): unknown => {
    const result = results[Math.min(starts.length, results.length - 1)]
    starts.push(clock.now() / second)
    if (result instanceof Error) throw result
    return result
  }
  const start = (more: ProbeOptions = {}) => tracker.probe('db', check, { every: '10s', ...options, ...more })
  const states = (): unknown[] => tracker.timeline('db').map(({ time, state }) => [time / second, state])
  return { clock, tracker, starts, start, states }
}

describe('the results of a probe', () => {
  it.each([['degraded'], ['down'], ['maintenance'], ['up']] as const)(
    'may be the name of a state: %s',
    async (state) => {
      const { clock, start, states, tracker } = answering([state])
      start()
      await clock.advance('1s')

      expect(states()).toEqual([[0, state]])
      expect(tracker.state('db')).toBe(state)
    },
  )

  it.each([[undefined], [null], [0], ['fine'], [{ status: 500 }]])('are up for anything else: %s', async (result) => {
    const { clock, start, tracker } = answering([result])
    start()
    await clock.advance('1s')

    expect(tracker.state('db')).toBe('up')
  })

  it.each([
    [200, 'up'],
    [302, 'down'],
    [404, 'down'],
    [503, 'down'],
  ])('are down for a Response that is not ok: %i', async (status, state) => {
    const { clock, start, tracker } = answering([new Response(null, { status })], { rise: 1, fall: 1 })
    start()
    await clock.advance('1s')

    expect(tracker.state('db')).toBe(state)
  })

  it('say nothing where the checker could not look', async () => {
    const { clock, start, states, tracker } = answering(['up', false, 'unknown', false, 'unknown', false, 'unknown'])
    start()
    await clock.advance('1s')
    expect(tracker.state('db')).toBe('up')
    await clock.advance('1m')
    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
    ])
    await clock.advance('25s')

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
      [50, 'unknown'],
    ])
  })

  it('say nothing from the beginning where the checker could never look', async () => {
    const { clock, start, states } = answering(['unknown', 'unknown', false])
    start()
    await clock.advance('15s')
    expect(states()).toEqual([])
    await clock.advance('10s')

    expect(states()).toEqual([[20, 'down']])
  })

  it('make it the mildest of so many worse ones in a row, and what goes beyond goes on counting', async () => {
    const { clock, start, states, tracker } = answering(['up', 'degraded', false, false, false, false])
    start()
    await clock.advance('35s')
    expect(states()).toEqual([
      [0, 'up'],
      [10, 'degraded'],
    ])
    await clock.advance('10s')

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'degraded'],
      [20, 'down'],
    ])
    expect(tracker.report().outages).toMatchObject([
      { start: 20 * second, detected: 40 * second, reason: 'failed checks' },
    ])
    expect(tracker.timeline('db')[1]).toMatchObject({ reason: 'degraded checks' })
  })

  it('make it the worst of so many better ones in a row', async () => {
    const { clock, start, states } = answering([false, 'up', 'degraded', 'up', 'up'])
    start()
    await clock.advance('25s')
    expect(states()).toEqual([
      [0, 'down'],
      [10, 'degraded'],
    ])
    await clock.advance('20s')

    expect(states()).toEqual([
      [0, 'down'],
      [10, 'degraded'],
      [30, 'up'],
    ])
  })

  it('begin a new row where they are on the other side of the state', async () => {
    const { clock, start, states } = answering(['degraded', false, 'up', false, false, 'up', 'up'], {
      fall: 3,
      rise: 2,
    })
    start()
    await clock.advance('65s')

    expect(states()).toEqual([
      [0, 'degraded'],
      [50, 'up'],
    ])
  })

  it('take maintenance at once, and the first result after it', async () => {
    const { clock, start, states } = answering(['up', 'maintenance', 'maintenance', false])
    start()
    await clock.advance('35s')

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'maintenance'],
      [30, 'down'],
    ])
  })

  it('stamp the outage with its detection and its end', async () => {
    const { clock, start, tracker } = answering(['up', false, false, false, 'up', 'up'])
    start()
    await clock.advance('1m')

    expect(tracker.report().outages).toMatchObject([
      { start: 10 * second, end: 40 * second, phases: { detected: 30 * second, restored: 40 * second } },
    ])
    expect(tracker.report()).toMatchObject({ mttd: 20 * second, mttr: { recovery: 30 * second, respond: 10 * second } })
  })

  it('do not stamp an end where another source still says down', async () => {
    const { clock, start, tracker } = answering([false, 'up'])
    tracker.component('db').down()
    start()
    await clock.advance('1m')
    tracker.component('db').up()

    expect(tracker.report().outages[0]?.phases).toMatchObject({ detected: 0, restored: null })
  })
})

describe('the times of a probe', () => {
  it('are spread by its jitter, with the random source of the tracker', async () => {
    const drawn = [0, 0.75, 0.5, 0.25]
    const { clock, start, starts } = answering(['up'], { jitter: 0.5 }, () => drawn.shift() ?? 0.5)
    start()
    await clock.advance('45s')

    expect(starts).toEqual([0, 5, 17.5, 27.5, 35, 45])
  })

  it('are a tenth off at most by default', async () => {
    const { clock, start, starts } = answering(['up'], {}, seededRandom(7))
    start()
    await clock.advance('10h')
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] as number))

    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9)
    expect(Math.min(...gaps)).toBeLessThan(9.01)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(11)
    expect(Math.max(...gaps)).toBeGreaterThan(10.99)
  })

  it('are nearer together while the results do not agree with the state', async () => {
    const { clock, start, starts, states } = answering(['up', false, false, false, 'up', 'up'], { fast: '1s' })
    start()
    await clock.advance('35s')

    expect(starts).toEqual([0, 10, 11, 12, 22, 23, 33])
    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
      [22, 'up'],
    ])
  })

  it('go on where the random source fails', async () => {
    let broken = false
    const { clock, start, starts, tracker } = answering(['up'], {}, () => {
      if (broken) throw new Error('no luck')
      return 0.5
    })
    const faults: unknown[] = []
    tracker.on('fault', ({ source }) => faults.push(source))
    start()
    await clock.advance('5s')
    broken = true
    await clock.advance('10s')
    broken = false
    await clock.advance('10s')

    expect(faults).toEqual(['probe'])
    expect(starts).toEqual([0, 20])
  })

  it('end with a tracker that the check itself has closed', async () => {
    const { clock, tracker } = answering([])
    let checks = 0
    tracker.probe('db', () => (++checks === 2 ? tracker.close() : true), { every: '10s' })
    await clock.advance('1m')

    expect(checks).toBe(2)
    expect(clock.pending).toBe(0)
  })

  it('of a check the machine slept through is detected, in the outage that shows after the sleep', async () => {
    const clock = virtualClock({ wall: 1e9 })
    const tracker = availabilityTracker({ clock, random: () => 0.5 })
    let fail: (error: Error) => void = () => {}
    let hangs = false
    const check = (): unknown => !hangs || new Promise((_, reject) => (fail = reject))
    tracker.probe('db', check, { every: '10s', timeout: '5s', rise: 1, fall: 1 })
    await clock.advance('15s')
    hangs = true
    await clock.advance('5s')
    clock.suspend(60 * second)
    fail(new Error('reset'))
    await clock.advance('1s')

    const [outage] = tracker.report().outages
    expect(outage).toMatchObject({ start: 20 * second, detected: 20 * second, reason: 'failed checks' })
  })

  it('of the very instant at which the machine falls asleep are noted of the outage after the sleep', async () => {
    const clock = virtualClock({ wall: 1e9 })
    const tracker = availabilityTracker({ clock, random: () => 0.5 })
    let up = true
    tracker.probe('db', () => up, { every: '10s', rise: 1, fall: 1 })
    await clock.advance('5s')
    up = false
    await clock.advance('5s')
    clock.suspend(60 * second)
    await clock.advance('1s')

    const [outage] = tracker.report().outages
    expect(outage).toMatchObject({ start: 10 * second, detected: 10 * second, reason: 'failed checks' })
  })

  it('begin at once where a check took longer than they are apart', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, random: () => 0.5 })
    const starts: number[] = []
    const slow = async (): Promise<void> => {
      starts.push(clock.now() / second)
      await new Promise<void>((resolve) => clock.schedule({ fire: resolve } as never, 14 * second))
    }
    tracker.probe('db', slow, { every: '10s', timeout: '20s' })
    await clock.advance('30s')

    expect(starts).toEqual([0, 14, 28])
  })

  it('refuse what is out of bounds', () => {
    const { start } = answering(['up'])

    expect(() => start({ jitter: 1.5 })).toThrow('availabilityTracker: jitter must be a number from 0 to 1, got 1.5')
    expect(() => start({ fast: 0 })).toThrow('availabilityTracker: fast must be a duration > 0, got 0')
    expect(() => start({ fast: '11s' })).toThrow('availabilityTracker: fast must be at most every, got 11000')
  })
})
