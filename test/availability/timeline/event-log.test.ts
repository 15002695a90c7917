import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { EventLog } from '../../../src/availability/timeline/event-log.ts'
import { DOWN, MAINTENANCE, UP } from '../../../src/availability/timeline/states.ts'
import { Timeline } from '../../../src/availability/timeline/timeline.ts'

describe('an event log', () => {
  it('drops repeats that no late event can come before any more', () => {
    const log = new EventLog()
    for (let time = 0; time < 1024; time++) log.add(time, UP)
    log.compact(1000)

    expect(log.length).toBe(25)
    expect(log.timeAt(0)).toBe(0)
  })

  it('keeps of too many repeats the latest, whatever may come late', () => {
    const log = new EventLog()
    for (let time = 0; time < 50_000; time++) {
      log.add(time, UP)
      log.compact(0)
    }

    expect(log.length).toBeLessThanOrEqual(22_000)
    expect(log.length).toBeGreaterThan(5000)
    expect(log.timeAt(0)).toBe(0)
    expect(log.timeAt(log.length - 1)).toBe(49_999)
  })
})

describe('an event log with numbers', () => {
  it('keeps them through all it lets go of', () => {
    const log = new EventLog()
    log.add(0, UP, 3)
    for (let time = 1; time < 1030; time++) log.add(time, UP)
    log.add(2000, DOWN, 5)
    log.compact(1500)
    log.rewrite(3000, UP)

    expect(log.save()).toEqual({ times: [0, 2000, 3000], states: '020', seqs: [3, 5, 0] })
    log.cut(2500)
    log.forget(2001)
    expect(log.save()).toEqual({ times: [2000], states: '2', seqs: [5] })
  })

  it('remembers what was said before a maintenance', () => {
    const log = new EventLog()
    for (const [time, code] of [
      [0, DOWN],
      [1, UP],
      [2, MAINTENANCE],
      [3, MAINTENANCE],
    ] as const)
      log.add(time, code)
    log.forget(10)

    expect(log.save().states).toBe('033')
  })
})

describe('a timeline', () => {
  it('sums again from where it was cut', () => {
    const timeline = new Timeline()
    for (const [time, code] of [
      [0, UP],
      [10, DOWN],
      [20, UP],
      [30, DOWN],
    ] as const)
      timeline.append(time, code)
    expect(timeline.totals(0, 40)).toEqual([20, 0, 20, 0, 0, 0])
    timeline.cut(20)
    timeline.append(25, UP)

    expect(timeline.totals(0, 40)).toEqual([25, 0, 15, 0, 0, 0])
  })
})

describe('many events', () => {
  it('recorded in a tracker take no more room than is allowed', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    await clock.advance(50_000)
    for (let time = 0; time < 50_000; time++) x[time % 2 === 0 ? 'up' : 'down']({ time })

    const { components } = tracker.snapshot()
    expect(components[0]?.logs[0]?.times.length).toBeLessThanOrEqual(22_000)
    expect(tracker.timeline('x').length).toBeLessThanOrEqual(20_000)
    expect(tracker.report({ window: 1000 })).toMatchObject({ uptime: 500, downtime: 500 })
  })
})
