/** Lists of timers on Node's own, with fake functions in their place: no test here waits. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SharedTimers } from '../../src/core/shared-timers.ts'
import { Alarm, Timer } from '../../src/core/timer.ts'

const day = 86_400_000

let timers: SharedTimers
let waited: string[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  timers = new SharedTimers({ set: setTimeout, clear: clearTimeout as never, live: true, now: () => performance.now() })
  waited = []
})

afterEach(() => {
  vi.useRealTimers()
})

const ring = (name: string, background = false): Alarm => new Alarm(() => waited.push(name), background)
const schedule = (timer: Timer, after: number): void => timers.schedule(timer, after, performance.now())
const cancel = (timer: Timer): void => (timer.list as { remove(timer: Timer): void }).remove(timer)

describe('timers that share', () => {
  it('fire in the order of their scheduling where their durations are equal, and never early', () => {
    for (let i = 0; i < 5; i++) {
      schedule(ring(`${i}`), 100)
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

  it('need one real timer a duration, however many calls wait', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ring(`${i}`))
    for (const timer of many) schedule(timer, 100)
    expect(vi.getTimerCount()).toBe(1)
    for (const timer of many) cancel(timer)
    vi.advanceTimersByTime(1000)
    expect(waited).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('share a list where their durations differ by less than a millisecond, and are not early then', () => {
    for (let i = 1; i <= 10; i++) schedule(ring(`${i}`), 99 + i / 10)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(99)
    expect(waited).toEqual([])
    vi.advanceTimersByTime(1)
    expect(waited.length).toBe(10)
  })

  it('may be taken back at the head, in the middle and at the tail of a list', () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => ring(name))
    for (const timer of all) schedule(timer, 50)
    for (const i of [0, 2, 4]) cancel(all[i] as Timer)
    vi.advanceTimersByTime(50)
    expect(waited).toEqual(['b', 'd'])
  })

  it('use an idle list again, on time', () => {
    const first = ring('first')
    schedule(first, 100)
    vi.advanceTimersByTime(60)
    cancel(first)
    schedule(ring('second'), 100)
    vi.advanceTimersByTime(99)
    expect(waited).toEqual([])
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['second'])
  })

  it('leave no real timer a second after the last of them has ended', () => {
    for (const after of [1, 900, 5000, day]) {
      const timer = ring('gone')
      schedule(timer, after)
      cancel(timer)
    }
    vi.advanceTimersByTime(999)
    expect(vi.getTimerCount()).toBe(0)
    expect(waited).toEqual([])
  })

  it('leave few real timers where many of different durations are taken back at once', () => {
    for (let i = 0; i < 10_000; i++) {
      const timer = ring('gone')
      schedule(timer, 1000 + i)
      cancel(timer)
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(65)
    vi.advanceTimersByTime(999)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keep the list of those that wait when idle ones are swept', () => {
    const busy = ring('busy')
    schedule(busy, 600)
    cancel(busy)
    schedule(busy, 600)
    const idle = ring('idle')
    schedule(idle, 700)
    cancel(idle)
    vi.advanceTimersByTime(500)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(100)
    expect(waited).toEqual(['busy'])
    schedule(ring('later'), 600)
    vi.advanceTimersByTime(600)
    expect(waited).toEqual(['busy', 'later'])
  })

  it('let a long list be emptied and filled by one of them', () => {
    const first = new Alarm(() => {
      const given = ring('given up')
      schedule(given, day)
      cancel(given)
      schedule(ring('next'), day)
    })
    schedule(first, day)
    vi.advanceTimersByTime(2 * day)
    expect(waited).toEqual(['next'])
    vi.advanceTimersByTime(999)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('wait longer than 2^31-1 ms', () => {
    schedule(ring('month'), 30 * day)
    vi.advanceTimersByTime(30 * day - 1)
    expect(waited).toEqual([])
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['month'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('go on where one of them throws', () => {
    class Broken extends Timer {
      fire(): void {
        throw new Error('broken timer')
      }
    }
    schedule(new Broken(), 100)
    schedule(ring('behind'), 100)
    expect(() => vi.advanceTimersByTime(100)).toThrow('broken timer')
    vi.advanceTimersByTime(1)
    expect(waited).toEqual(['behind'])
  })

  it('do not hold the process in the background, nor as an idle list', () => {
    const handles: { unref: ReturnType<typeof vi.fn>; ref: ReturnType<typeof vi.fn> }[] = []
    const set = (() => {
      const handle = { unref: vi.fn(), ref: vi.fn() }
      handles.push(handle)
      return handle
    }) as never
    timers = new SharedTimers({ set, clear: () => {}, live: true, now: () => 0 })
    const call = ring('call')
    schedule(call, 12_345)
    expect(handles[0]?.unref).not.toHaveBeenCalled()
    cancel(call)
    expect(handles[0]?.unref).toHaveBeenCalledTimes(1)
    expect(handles[1]?.unref).toHaveBeenCalledTimes(1)
    schedule(call, 12_345)
    expect(handles[0]?.ref).toHaveBeenCalledTimes(1)
    const background = ring('background', true)
    schedule(background, 12_346)
    expect(handles[2]?.unref).toHaveBeenCalledTimes(1)
    cancel(background)
    schedule(background, 12_346)
    expect(handles[2]?.ref).not.toHaveBeenCalled()
    expect(handles.length).toBe(3)
  })
})
