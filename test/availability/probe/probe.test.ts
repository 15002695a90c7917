import { availabilityTracker, type ProbeOptions } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'

type Result = 'good' | 'bad' | 'false' | 'throws' | 'hangs'

function probed(options: ProbeOptions = {}) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock })
  const signals: AbortSignal[] = []
  const state: { result: Result; started: number; settle: ((value?: unknown) => void)[] } = {
    result: 'good',
    started: 0,
    settle: [],
  }
  const check = ({ signal }: { signal: AbortSignal }): unknown => {
    signals.push(signal)
    state.started++
    if (state.result === 'throws') throw new Error('at once')
    if (state.result === 'bad') return Promise.reject(new Error('later'))
    if (state.result === 'hangs') return new Promise((resolve) => state.settle.push(resolve))
    return state.result === 'good'
  }
  const start = () => tracker.probe('db', check, { every: '10s', jitter: 0, rise: 2, fall: 3, ...options })
  const states = (): unknown[] => tracker.timeline('db').map(({ time, state: name }) => [time / 1000, name])
  return { clock, tracker, state, signals, states, start }
}

describe('a probe', () => {
  it('decides by its first result at once', async () => {
    const { clock, start, states } = probed()
    start()
    await clock.advance(0)

    expect(states()).toEqual([[0, 'up']])
  })

  it.each(['bad', 'false', 'throws'] as const)(
    'is down since the first of so many failed checks, and up since the first of so many good ones: %s',
    async (result) => {
      const { clock, state, start, states, tracker } = probed()
      start()
      await clock.advance('15s')
      state.result = result
      await clock.advance('20s')
      expect(states()).toEqual([[0, 'up']])
      await clock.advance('10s')
      expect(states()).toEqual([
        [0, 'up'],
        [20, 'down'],
      ])
      state.result = 'good'
      await clock.advance('30s')

      expect(states()).toEqual([
        [0, 'up'],
        [20, 'down'],
        [50, 'up'],
      ])
      expect(tracker.report().outages[0]).toMatchObject({ detected: 40_000, reason: 'failed checks' })
    },
  )

  it('starts over where one check differs', async () => {
    const { clock, state, start, states } = probed()
    start()
    for (const result of ['bad', 'bad', 'good', 'bad', 'bad', 'good'] as const) {
      state.result = result
      await clock.advance('10s')
    }

    expect(states()).toEqual([[0, 'up']])
  })

  it('counts a check that takes too long as failed, aborts it, and ignores its later result', async () => {
    const { clock, state, start, states, signals } = probed({ timeout: '1s', fall: 1 })
    state.result = 'hangs'
    start()
    await clock.advance('1s')
    expect(states()).toEqual([[0, 'down']])
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' })
    state.settle[0]?.('good')
    await clock.advance('5s')

    expect(states()).toEqual([[0, 'down']])
  })

  it('runs one check at a time; each turn that finds the last one hanging is one more failed check', async () => {
    const { clock, state, start, states } = probed({ timeout: '1s' })
    start()
    await clock.advance('5s')
    state.result = 'hangs'
    await clock.advance('25s')
    expect(state.started).toBe(2)
    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
    ])
    state.result = 'good'
    state.settle[0]?.('at last')
    await clock.advance('20s')

    expect(state.started).toBe(4)
    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
      [40, 'up'],
    ])
  })

  it('checks again though a promise is lost: after a minute, then after two, until one ends in time', async () => {
    const { clock, state, start, states } = probed({ timeout: '1s' })
    start()
    await clock.advance('5s')
    state.result = 'hangs'
    await clock.advance('70s')
    expect(state.started).toBe(2)
    await clock.advance('10s')
    expect(state.started).toBe(3)
    await clock.advance('115s')
    expect(state.started).toBe(3)
    state.result = 'good'
    await clock.advance('30s')

    expect(states()).toEqual([
      [0, 'up'],
      [10, 'down'],
      [210, 'up'],
    ])
  })

  it('lets a check that ends in time end without a timer left', async () => {
    const { clock, start } = probed()
    const probing = start()
    await clock.advance('5s')
    expect(clock.pending).toBe(1)
    probing.stop()
    expect(clock.pending).toBe(0)
  })

  it('reports nothing once it is stopped, and aborts what it had begun', async () => {
    const { clock, state, start, states, signals } = probed({ timeout: '8s' })
    const probing = start()
    await clock.advance('5s')
    state.result = 'hangs'
    await clock.advance('10s')
    probing.stop()
    probing.stop()
    expect(signals[1]?.aborted).toBe(true)
    state.settle[0]?.('good')
    await clock.advance('1h')

    expect(state.started).toBe(2)
    expect(states()).toEqual([
      [0, 'up'],
      [15, 'unknown'],
    ])
  })

  it('is unknown since its last result where none came for three times as long as it should', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    let hold: ((value: unknown) => void) | undefined
    let held = false
    tracker.probe('db', () => (held ? new Promise((resolve) => (hold = resolve)) : true), {
      every: '10s',
      jitter: 0,
      timeout: '50s',
    })
    await clock.advance('5s')
    held = true
    await clock.advance('25s')
    expect(tracker.timeline('db')).toMatchObject([{ time: 0, state: 'up' }])
    await clock.advance('5s')
    expect(tracker.report()).toMatchObject({ uptime: 0, unknown: 35_000, state: 'unknown' })
    held = false
    hold?.('good')
    await clock.advance('25s')

    expect(tracker.timeline('db')).toMatchObject([{ time: 10_000, state: 'up' }])
  })

  it('tells sleep apart from a checker that was away', async () => {
    const { clock, start, tracker } = probed()
    start()
    await clock.advance('5s')
    clock.suspend('1h')
    await clock.advance('25s')

    expect(tracker.report()).toMatchObject({ uptime: 30_000, unknown: 3_600_000, suspended: 3_600_000 })
  })

  it('is one more source of its component', async () => {
    const { clock, start, states, tracker } = probed()
    tracker.component('db').degraded()
    start()
    await clock.advance('1s')

    expect(states()).toEqual([[0, 'degraded']])
  })

  it('does not let a clock that fails out of its timers', async () => {
    const { clock, tracker, state, start, states } = probed()
    const faults: unknown[] = []
    tracker.on('fault', ({ source }) => faults.push(source))
    start()
    await clock.advance('5s')
    const wall = vi.spyOn(clock, 'wall')
    const broken = (): never => {
      throw new Error('no clock')
    }
    wall.mockImplementationOnce(broken).mockReturnValueOnce(10_000)
    await clock.advance('5s')
    wall.mockReturnValueOnce(20_000).mockImplementationOnce(broken).mockReturnValueOnce(20_000)
    await clock.advance('10s')
    wall.mockRestore()
    await clock.advance('10s')

    expect(faults).toEqual(['probe', 'probe'])
    expect(state.started).toBe(3)
    expect(states()).toEqual([[0, 'up']])
  })

  it('refuses what is no check, and options out of bounds', () => {
    const { tracker } = probed()

    expect(() => tracker.probe('db', 5 as never)).toThrow('availabilityTracker: check must be a function, got 5')
    expect(() => tracker.probe('', () => true)).toThrow('availabilityTracker: name must be a non-empty string, got ""')
    expect(() => tracker.probe('db', () => true, { every: 0 })).toThrow('every must be a duration > 0, got 0')
    expect(() => tracker.probe('db', () => true, { rise: 0 })).toThrow('rise must be an integer >= 1, got 0')
  })

  it('has defaults', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, random: () => 0.5 })
    const starts: number[] = []
    tracker.probe('db', () => {
      starts.push(clock.now())
      return true
    })
    await clock.advance('25s')

    expect(starts).toEqual([0, 10_000, 20_000])
  })
})
