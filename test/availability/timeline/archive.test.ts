import { availabilityTracker, type AvailabilityReport as Report } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { Archive } from '../../../src/availability/timeline/archive.ts'
import { type Dice, Hand, same, states, streams } from '../streams.ts'

// On a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

interface Step {
  readonly time: number
  readonly state: (typeof states)[number]
}

/** A long story of one source, minute by minute. */
function storyOf(dice: Dice, length: number, longest: number): Step[] {
  let time = dice.roll(5) * hour
  return Array.from({ length }, () => {
    time += (1 + dice.roll(longest)) * minute
    return { time, state: dice.of(states) }
  })
}

/** Sums of a list of steps, one by one. */
function naively(steps: readonly Step[], from: number, to: number, now: number) {
  const times = { up: 0, down: 0, degraded: 0, maintenance: 0, unknown: 0 }
  let [failures, restorations, failing] = [0, 0, false]
  let [known, last, lastEnd] = [false, 'unknown', 0]
  for (const [index, { time, state }] of steps.entries()) {
    const until = steps[index + 1]?.time ?? now
    times[state] += Math.max(0, Math.min(until, to) - Math.max(time, from))
    if (state === 'down') {
      if (!failing && (known || last === 'maintenance') && time >= from && time < to) failures++
      failing = true
      lastEnd = until
    } else if (state === 'up' || state === 'degraded') {
      if (failing && lastEnd > from && lastEnd <= to) restorations++
      failing = false
      known = true
    }
    last = state
  }
  const seen = times.up + times.down + times.degraded + times.maintenance
  return { ...times, unknown: to - from - seen, failures, restorations }
}

function sums({ uptime, downtime, degraded, maintenance, unknown, failures, restorations }: Report) {
  const whole = (value: number): number => Math.round(value * 1000) / 1000
  return {
    up: whole(uptime - degraded),
    down: whole(downtime),
    degraded: whole(degraded),
    maintenance: whole(maintenance),
    unknown: whole(unknown),
    failures,
    restorations,
  }
}

describe('old history', () => {
  it('is exact to the hour, adds up at any instant, and says how precise it is', () => {
    streams(20, (dice) => {
      const wall = dice.of([0, 17 * minute + 5])
      const clock = new Hand(wall)
      const tracker = availabilityTracker({ clock, keep: 100 })
      const steps = storyOf(dice, 1500, dice.of([3, 30, 600]))
      for (const { time, state } of steps) {
        clock.time = time
        tracker.record({ component: 'x', state })
        if (dice.roll(40) === 0) tracker.report()
      }
      clock.time += dice.roll(100) * minute
      const now = clock.time
      const on = (from: number, to: number): Report => tracker.report({ component: 'x', window: { from, to } })
      same(tracker.timeline('x').length <= 100 + 512, true)
      for (let asked = 0; asked < 10; asked++) {
        const [a, b] = [dice.roll(Math.floor(now / hour) + 1), dice.roll(Math.floor(now / hour) + 1)]
        const [from, to] = [Math.min(a, b) * hour - wall, Math.max(a, b) * hour - wall]
        const report = on(from, to)
        same(sums(report), naively(steps, from, to, now))
        same(report.precision, 0)
        const [left, right] = [from + dice.roll(60) * minute, to + dice.roll(60) * minute]
        const middle = left + dice.roll(Math.max(1, right - left))
        if (right < left) continue
        const [one, other, whole] = [on(left, middle), on(middle, right), on(left, right)]
        for (const field of ['uptime', 'downtime', 'degraded', 'maintenance', 'unknown'] as const) {
          same(Math.abs(one[field] + other[field] - whole[field]) < 1e-3, true, field)
        }
        for (const field of ['failures', 'restorations'] as const) same(one[field] + other[field], whole[field], field)
        const parts = whole.uptime + whole.downtime + whole.maintenance + whole.unknown
        same(Math.abs(parts - whole.window.duration) < 1e-3, true)
        same(whole.precision === 0 || whole.precision <= hour, true)
        if (whole.precision === 0) {
          const { failures: _, restorations: __, ...exact } = naively(steps, left, right, now)
          const { failures: ___, restorations: ____, ...shown } = sums(whole)
          same(shown, exact)
        }
      }
    })
  })

  it('never loses an outage, nor counts one twice, whatever is merged, ignored or late', () => {
    streams(40, (dice) => {
      const clock = new Hand()
      const accounting = {
        mergeGap: dice.of([0, 10 * minute, 2 * hour]),
        confirmDown: dice.of([0, 5 * minute]),
        maintenance: dice.of(['exclude', 'ignore', 'down'] as const),
      }
      const [short, long] = [100, 1_000_000].map((keep) => availabilityTracker({ clock, keep, accounting })) as [
        ReturnType<typeof availabilityTracker>,
        ReturnType<typeof availabilityTracker>,
      ]
      for (const { time, state } of storyOf(dice, 900, dice.of([5, 40]))) {
        clock.time = time
        const late = dice.roll(30) === 0 ? dice.roll(3) * minute : 0
        for (const tracker of [short, long]) {
          tracker.record({ component: 'x', state, time: time - late, source: 'a' })
        }
        if (dice.roll(20) === 0) short.report()
      }
      clock.time += minute
      const window = { from: 0, to: Math.floor(clock.time / hour) * hour }
      const [one, other] = [short.report({ window }), long.report({ window })]
      same(sums(one), sums(other))
      same(Math.round(one.mttr.recovery ?? -1), Math.round(other.mttr.recovery ?? -1))
    })
  })

  it('is as long as it was for those who ignore maintenance afterwards', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 100 })
    const x = tracker.component('x')
    for (let index = 0; index < 2000; index++) {
      clock.time += 10 * minute
      x[index % 2 === 0 ? 'up' : 'down']()
      if (index % 400 === 399) x.maintenance()
    }
    const report = tracker.report({ accounting: { maintenance: 'ignore' } })
    const { uptime, downtime, maintenance, unknown, window } = report

    expect(uptime + downtime + maintenance + unknown).toBe(window.duration)
    expect(downtime).toBeGreaterThan(0.49 * window.duration)
    expect(report.failures).toBeGreaterThan(990)
  })

  it('is bounded by its logs too, where one source hides what another says, or maintenance is ignored', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 100, accounting: { maintenance: 'ignore' } })
    const [loud, quiet] = [tracker.component('loud'), tracker.component('quiet')]
    loud.down({ source: 'one' })
    quiet.up()
    for (let index = 0; index < 60_000; index++) {
      clock.time += minute
      loud[index % 2 === 0 ? 'up' : 'degraded']({ source: 'other' })
      if (index < 3000) quiet[index % 2 === 0 ? 'maintenance' : 'up']()
    }
    const { components } = tracker.snapshot()

    expect(components.flatMap(({ logs }) => logs.map(({ times }) => times.length)).every((n) => n < 41_000)).toBe(true)
    expect(tracker.timeline('quiet').length).toBeLessThanOrEqual(612)
    expect(tracker.report({ component: 'loud' })).toMatchObject({
      downtime: 60_000 * minute,
      uptime: 0,
      restorations: 0,
    })
    expect(tracker.report({ component: 'quiet' })).toMatchObject({ uptime: 60_000 * minute, downtime: 0 })
  })

  it('may begin before anything that counts is known', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 100, accounting: { maintenance: 'ignore' } })
    const x = tracker.component('x')
    for (let index = 0; index < 2000; index++) {
      clock.time += minute
      x[index % 2 === 0 ? 'maintenance' : 'unknown']()
    }
    clock.time += minute
    x.down()
    clock.time += minute

    expect(tracker.report({ window: '2000m' })).toMatchObject({ unknown: 1999 * minute, downtime: minute, failures: 0 })
    expect(tracker.timeline('x').length).toBeLessThanOrEqual(612)
  })

  it('cut to spans keeps what began in the first piece of a bucket, and ended in the last', () => {
    const times = [0, 0, 4 * hour, 0, 0, 0]
    const ended = [{ start: 0, end: 4 * hour, net: 4 * hour, startCensored: false }]
    const archive = new Archive(0, 0).grown([{ from: 0, to: 4 * hour, times }], ended, 4 * hour)
    const spans = [
      [0, hour],
      [2 * hour, 3 * hour],
      [3.5 * hour, 9 * hour],
    ] as const
    const cut = archive.within(spans, 0)

    expect(
      cut.buckets.map(({ from, to, failures, restorations }) => [from / hour, to / hour, failures, restorations]),
    ).toEqual([
      [0, 1, 1, 0],
      [1, 2, 0, 0],
      [2, 3, 0, 0],
      [3, 3.5, 0, 0],
      [3.5, 4, 0, 1],
    ])
    expect(cut.precision(0, 4 * hour)).toBe(0)
    expect(archive.within([[0, hour]], 4 * hour).buckets).toEqual([])
    expect(archive.within([[0, hour]], 0).buckets).toHaveLength(2)
  })

  it('keeps the state of the time it knows', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 100 })
    const x = tracker.component('x')
    x.down()
    for (let index = 0; index < 800; index++) {
      clock.time += index === 0 ? 50 * hour : minute
      x[index % 2 === 0 ? 'up' : 'down']()
    }

    expect(tracker.report({ window: { from: 0, to: 3 * hour } }).state).toBe('down')
    expect(tracker.report({ window: { from: 0, to: 51 * hour } }).state).toBe('unknown')
    expect(tracker.report({ window: { from: -2 * hour, to: -hour } })).toMatchObject({
      state: 'unknown',
      unknown: hour,
    })
  })

  it('becomes days, and ends after ten years', () => {
    const times = (up: number, down: number): number[] => [up, 0, down, 0, 0, 0]
    let archive = new Archive(0, 0)
    const years = 13 * 365 * 24
    for (let start = 0; start < years; start += 1000) {
      const slices = Array.from({ length: 1000 }, (_, index) => {
        const from = (start + index) * hour
        return { from, to: from + hour, times: times(hour - minute, minute) }
      })
      const ended = slices.map(({ to }) => ({ start: to - minute, end: to, net: minute, startCensored: false }))
      archive = archive.grown(slices, ended, (start + 1000) * hour)
    }
    const { until } = archive
    const [first] = archive.buckets
    const totals = [0, 0, 0, 0, 0, 0]

    expect(archive.buckets.length).toBeLessThanOrEqual(3660 + 3 * 90 * 24)
    const since = Math.floor(until / day - 1000) * day
    const hours = (until - since) / hour
    archive.addTotals(totals, since, until)

    expect(archive.buckets.length).toBeLessThanOrEqual(3660 + 3 * 90 * 24)
    expect((until - (first?.from ?? 0)) / day).toBeGreaterThan(3660)
    expect(totals).toEqual([hours * (hour - minute), 0, hours * minute, 0, 0, 0])
    expect(archive.precision(since, until)).toBe(0)
    expect(archive.precision(since + 1, until)).toBe(day)
    expect(archive.precision(until - hour + 1, until)).toBe(hour)
    expect(archive.counts(since, until)).toEqual({ failures: hours, restorations: hours, restoring: hours * minute })
    const lost = [0, 0, 0, 0, 0, 0]
    archive.addTotals(lost, -day, day)
    expect(lost).toEqual([0, 0, 0, 0, 2 * day, 0])
  })
})

describe('old history in a snapshot', () => {
  it.each([undefined, 'ignore'] as const)('survives a restart, maintenance %s', async (maintenance) => {
    const clock = virtualClock({ wall: 0 })
    const options = { keep: 100, ...(maintenance && { accounting: { maintenance } }) }
    const tracker = availabilityTracker({ clock, ...options })
    const x = tracker.component('x')
    for (let index = 0; index < 400; index++) {
      x[index % 2 === 0 ? 'up' : 'down']()
      await clock.advance('7m')
    }
    const later = virtualClock({ wall: clock.wall() })
    const saved = JSON.parse(JSON.stringify(tracker.snapshot()))
    const restored = availabilityTracker({ clock: later, ...options, restore: saved })
    const window = { from: new Date(0), to: new Date(400 * 7 * 60_000) }

    const [before, after] = [tracker.report({ window }), restored.report({ window })]
    const fields = ['uptime', 'downtime', 'unknown', 'failures', 'restorations', 'mtbf', 'precision'] as const
    for (const field of fields) expect(after[field], field).toBe(before[field])
    expect(after.uptime).toBe(200 * 7 * 60_000)
    expect(after.mttr.recovery).toBe(before.mttr.recovery)
  })

  it('is refused where it is malformed', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, keep: 100 })
    for (let index = 0; index < 200; index++) {
      tracker.component('x')[index % 2 === 0 ? 'up' : 'down']()
      await clock.advance('7m')
    }
    const spoilt = (spoil: (archive: Record<string, unknown>) => void) => () => {
      const snapshot = structuredClone(tracker.snapshot())
      spoil(snapshot.components[0]?.archive as never)
      return availabilityTracker({ clock, restore: snapshot })
    }
    const refusal = 'restore must be an availability snapshot of version 1'

    expect(spoilt(() => {})).not.toThrow()
    expect(spoilt((archive) => Object.assign(archive, { until: 'soon' }))).toThrow(refusal)
    expect(spoilt((archive) => Object.assign(archive, { buckets: [{}] }))).toThrow(refusal)
    expect(spoilt((archive) => Object.assign(archive, { standing: {} }))).toThrow(refusal)
    expect(spoilt((archive) => Object.assign(archive.standing as object, { kind: 'odd' }))).toThrow(refusal)
    expect(spoilt((archive) => Object.assign(archive.standing as object, { last: {} }))).toThrow(refusal)
  })
})
