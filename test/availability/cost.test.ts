/** What it costs, as ratios in one process: bounds are generous, for they are to catch another order, not a bad day. */
import { availabilityTracker } from 'holdfast/availability'
import { describe, expect, it, vi } from 'vitest'
import { type Clock, realClock } from '../../src/core/clock.ts'
import { Hand } from './streams.ts'

// On a busy machine.
vi.setConfig({ testTimeout: 120_000 })

/** The least time of several rounds. */
function best(rounds: number, run: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    run()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

const count = 20_000

function recording(clock: Clock): number {
  const tracker = availabilityTracker({ clock, keep: 10_000_000 })
  const x = tracker.component('x')
  const told = best(9, () => {
    for (let index = 0; index < count; index++) {
      if (clock instanceof Hand) clock.time++
      if (index % 2 === 0) x.up()
      else x.down()
    }
  })
  const pushed = best(9, () => {
    const list: { readonly time: number; readonly state: string }[] = []
    for (let index = 0; index < count; index++) {
      if (clock instanceof Hand) clock.time++
      list.push({ time: clock.now(), state: index % 2 === 0 ? 'up' : 'down' })
    }
  })
  return told / pushed
}

describe('the cost', () => {
  it.each([
    ['a virtual clock', () => new Hand(), 60],
    ['the real clock', () => realClock, 60],
  ] as const)('of recording is no multiple of that of a list that is far off, by %s', (name, clock, bound) => {
    const ratio = recording(clock())
    if (process.env['SHOW'] !== undefined) console.log(`recording, ${name}: ${ratio.toFixed(1)}x`)

    expect(ratio).toBeLessThan(bound)
  })

  it('of a report over many transitions is next to nothing beside a walk over them', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 2_000_000 })
    const x = tracker.component('x')
    const list: { readonly time: number; readonly state: 'up' | 'down' }[] = []
    for (let index = 0; index < 1_000_000; index++) {
      clock.time += 2592
      const state = index % 2 === 0 ? 'up' : 'down'
      x[state]()
      list.push({ time: clock.time, state })
    }
    const scan = (): number => {
      let [up, down, failures, restorations] = [0, 0, 0, 0]
      const [from, to] = [clock.time - 30 * 86_400_000, clock.time]
      for (const [index, { time, state }] of list.entries()) {
        const until = list[index + 1]?.time ?? to
        const length = Math.max(0, Math.min(until, to) - Math.max(time, from))
        if (state === 'up') up += length
        else down += length
        if (state === 'down' && time >= from && time < to) failures++
        if (state === 'up' && time > from && index > 0) restorations++
      }
      return up / (up + down) + failures + restorations
    }
    let sum = 0
    const report = (): void => {
      const { availability, failures, restorations } = tracker.report({ component: 'x', window: '30d' })
      sum = (availability ?? 0) + failures + restorations
    }
    report()
    expect(sum).toBeCloseTo(scan(), 6)
    const walked = best(5, scan)
    const reported = best(5, () => {
      for (let index = 0; index < 200; index++) report()
    })
    const ratio = walked / (reported / 200)
    if (process.env['SHOW'] !== undefined) {
      console.log(
        `report: ${((1000 * reported) / 200).toFixed(1)} us, a walk: ${walked.toFixed(1)} ms, ${ratio.toFixed(0)}x`,
      )
    }

    expect(ratio).toBeGreaterThan(40)
  })

  it('of many components is bounded in memory', () => {
    const clock = new Hand()
    const before = process.memoryUsage().heapUsed
    const tracker = availabilityTracker({ clock })
    for (let index = 0; index < 100_000; index++) {
      const { up, down } = tracker.component(`component ${index}`)
      up()
      clock.time++
      down()
    }
    const used = (process.memoryUsage().heapUsed - before) / 2 ** 20
    if (process.env['SHOW'] !== undefined) console.log(`100,000 components: ${used.toFixed(0)} MB`)

    expect(tracker.report({ component: 'component 5' }).downtime).toBe(99_994)
    // What is garbage counts too, where nobody collects it.
    expect(used).toBeLessThan(400)
  })
})
