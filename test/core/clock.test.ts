/** The real clock under fake globals: no test here waits. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clock, realClock, turn } from '../../src/core/clock.ts'
import { Alarm, type Timer } from '../../src/core/timer.ts'
import { virtualClock } from '../../src/testing/index.ts'

const day = 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})

afterEach(() => {
  vi.runOnlyPendingTimers()
  vi.useRealTimers()
})

const waited: string[] = []
const ring = (name: string): Alarm => new Alarm(() => waited.push(name))

beforeEach(() => {
  waited.length = 0
})

describe('the real clock', () => {
  it('fires equal durations in the order of their scheduling, and never early', () => {
    for (let i = 0; i < 5; i++) {
      realClock.schedule(ring(`${i}`), 100)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(49)
    expect(waited).toEqual([])
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['0'])
    vi.advanceTimersByTime(39)
    expect(waited).toEqual(['0', '1', '2', '3'])
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['0', '1', '2', '3', '4'])
  })

  it('lets the head, the middle and the tail of a list be taken back', () => {
    const timers = ['a', 'b', 'c', 'd', 'e'].map(ring)
    for (const timer of timers) realClock.schedule(timer, 50)
    for (const i of [0, 2, 4, 2]) realClock.cancel(timers[i] as Timer)
    vi.advanceTimersByTime(50)
    expect(waited).toEqual(['b', 'd'])
  })

  it('is not early where the clock reads fractions of a millisecond, which timers cut off', () => {
    vi.spyOn(performance, 'now').mockReturnValue(0.7)
    vi.spyOn(globalThis, 'setTimeout')
    realClock.schedule(ring('whole'), 100, realClock.now() - 0.4)
    expect(vi.mocked(setTimeout).mock.calls[0]?.[1]).toBe(100)
    vi.restoreAllMocks()
  })

  it('waits longer than 2^31-1 ms', () => {
    const after = 30 * day
    realClock.schedule(ring('month'), after)
    vi.advanceTimersByTime(after - 1)
    expect(waited).toEqual([])
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['month'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a long wait back with its real timer', () => {
    const timer = ring('month')
    realClock.schedule(timer, 30 * day)
    realClock.cancel(timer)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a wait below 0 as none', () => {
    realClock.schedule(ring('past'), -5)
    realClock.schedule(ring('now'), 0)
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['past', 'now'])
  })

  it('counts from a reading of the clock that the caller has made already', () => {
    const now = realClock.now()
    vi.advanceTimersByTime(30)
    realClock.schedule(ring('dated'), 100, now)
    const timer = ring('x')
    realClock.schedule(timer, 100, now)
    expect(timer.at).toBe(now + 100)
    vi.advanceTimersByTime(100)
    expect(waited).toEqual(['dated', 'x'])
  })

  it('lets a timer schedule and take back others while it fires', () => {
    const other = ring('other')
    const first = new Alarm(() => {
      waited.push('first')
      realClock.cancel(other)
      realClock.schedule(ring('again'), 100)
    })
    realClock.schedule(first, 100)
    realClock.schedule(other, 100)
    vi.advanceTimersByTime(100)
    expect(waited).toEqual(['first'])
    vi.advanceTimersByTime(100)
    expect(waited).toEqual(['first', 'again'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves a timer of another clock alone', () => {
    const clock = virtualClock()
    const timer = ring('virtual')
    clock.schedule(timer, 5)
    realClock.cancel(timer)
    expect(clock.pending).toBe(1)
    const real = ring('real')
    realClock.schedule(real, 5)
    clock.cancel(real)
    vi.advanceTimersByTime(5)
    expect(waited).toEqual(['real'])
  })

  it('works where timers are numbers, as in a browser', () => {
    let next = 1
    const cleared: unknown[] = []
    /** A browser's functions are the window's, and refuse to be called as methods of anything else. */
    const ofWindow = (work: (handle: unknown) => unknown) =>
      function (this: unknown, handle: unknown) {
        if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation')
        return work(handle)
      }
    const set = vi.spyOn(globalThis, 'setTimeout').mockImplementation(ofWindow(() => next++) as never)
    const clear = vi
      .spyOn(globalThis, 'clearTimeout')
      .mockImplementation(ofWindow((handle) => cleared.push(handle)) as never)
    const timer = new Alarm(() => {}, true)
    realClock.schedule(timer, 54_321)
    realClock.cancel(timer)
    expect(cleared).toEqual([1])
    set.mockRestore()
    clear.mockRestore()
  })

  it('reads the globals late, so that fake ones apply', () => {
    vi.setSystemTime(1_700_000_000_000)
    expect(realClock.wall()).toBe(1_700_000_000_000)
    const before = realClock.now()
    vi.advanceTimersByTime(5)
    expect(realClock.now() - before).toBe(5)
  })

  it('fires in the same order as the virtual clock', async () => {
    const plan = [5, 3, 5, 0, 3, 10, 5].map((after, i) => ({ after, name: `${i}:${after}` }))
    const virtual: string[] = []
    const clock = virtualClock()
    const play = (on: Clock, into: string[]): void => {
      for (const { after, name } of plan) on.schedule(new Alarm(() => into.push(name)), after)
    }
    play(clock, virtual)
    await clock.advance(20)
    play(realClock, waited)
    vi.advanceTimersByTime(20)
    expect(waited).toEqual(virtual)
  })
})

describe('the real clock on timers of Node', () => {
  /** A function that looks as Node's own, on the fake timers of the test. */
  const asNode = (): void => {
    const faked = setTimeout
    function setTimeoutOfNode(ring: () => void, after: number): unknown {
      return faked(ring, after)
    }
    Object.defineProperty(setTimeoutOfNode, 'name', { value: 'setTimeout' })
    vi.stubGlobal('setTimeout', Object.assign(setTimeoutOfNode, { [Symbol.for('nodejs.util.promisify.custom')]: true }))
  }

  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('has a cheap reading, at most 64 calls or some 50 ms old', () => {
    asNode()
    const { now } = realClock
    const recent = realClock.recent as () => number
    const first = now()
    expect(recent()).toBe(first)
    vi.advanceTimersByTime(20)
    for (let i = 0; i < 64; i++) expect(recent()).toBe(first)
    const second = recent()
    expect(second).toBe(first + 20)
    vi.advanceTimersByTime(31)
    expect(recent()).toBe(first + 51)
  })

  it('reads the wall clock once for labels that are close together', () => {
    asNode()
    const now = realClock.now()
    const label = realClock.wall(now)
    vi.setSystemTime(Date.now() + 5000)
    expect(realClock.wall(now + 50)).toBe(label + 50)
    expect(realClock.wall(now + 100)).toBe(label + 5000)
  })

  it('goes on through one set of fake timers after another, and lets those of before ring for nothing', () => {
    const rings: (() => void)[] = []
    const deaf = (): void => {
      vi.stubGlobal('setTimeout', (ring: () => void) => rings.push(ring))
    }
    deaf()
    realClock.schedule(ring('call'), 100)
    deaf()
    realClock.now()
    deaf()
    realClock.now()
    expect(rings.length).toBe(3)
    for (const ring of rings) ring()
    expect(waited).toEqual(['call'])
  })

  it('hands what waits in lists over to fake timers, and takes it back from them', () => {
    asNode()
    realClock.schedule(ring('call'), 100)
    realClock.schedule(ring('other'), 100)
    const now = realClock.now()
    vi.unstubAllGlobals()
    realClock.schedule(ring('faked'), 100, now)
    vi.advanceTimersByTime(100)
    expect(waited.sort()).toEqual(['call', 'faked', 'other'])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a turn of the event loop', () => {
  it('passes after promises, with what the platform has', async () => {
    for (const missing of [[], ['setImmediate'], ['setImmediate', 'MessageChannel']]) {
      for (const name of missing) vi.stubGlobal(name, undefined)
      const order: string[] = []
      const passed = turn().then(() => order.push('turn'))
      void Promise.resolve().then(() => order.push('promise'))
      if (missing.length === 2) vi.advanceTimersByTime(0)
      await passed
      expect(order).toEqual(missing.length === 2 ? expect.arrayContaining(['promise', 'turn']) : ['promise', 'turn'])
      vi.unstubAllGlobals()
    }
  })
})
