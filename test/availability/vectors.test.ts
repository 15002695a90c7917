import {
  type AvailabilityTrackerOptions,
  availabilityTracker,
  mtbfInterval,
  type AvailabilityReport as Report,
  type ComponentState as State,
} from 'holdfast/availability'
import { type VirtualClock, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import vectors from '../data/availability-timelines.json' with { type: 'json' }

const units = { s: 1000, min: 60_000, h: 3_600_000, count: 1 } as const
type Unit = keyof typeof units

/** The fields of every vector, loosely. */
interface Vector {
  readonly id: string
  readonly unit: Unit
  readonly window?: readonly number[]
  readonly initial?: State
  readonly events?: readonly (readonly [time: number, state: State, seq?: number])[]
  readonly incidents?: readonly unknown[]
  readonly expect?: Readonly<Record<string, unknown>>
}

const all = vectors.timelines as unknown as readonly Vector[]

function vector(id: string): Vector {
  const found = all.find((one) => one.id.startsWith(id))
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found
}

function close(actual: number | null | undefined, expected: unknown, what: string): void {
  if (expected === null) {
    expect(actual, what).toBeNull()
    return
  }
  const tolerance = 1e-9 * Math.max(1e-9, Math.abs(expected as number))
  expect(
    Math.abs((actual as number) - (expected as number)),
    `${what}: ${actual}, not ${expected}`,
  ).toBeLessThanOrEqual(tolerance)
}

/** Plays the events at their times, and the clock to the end of the window. */
async function play(given: Vector, options: AvailabilityTrackerOptions = {}): Promise<Report> {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, ...options })
  const unit = units[given.unit]
  const component = tracker.component('x')
  if (given.initial !== undefined) component[given.initial]()
  for (const [time, state, seq] of given.events ?? []) {
    await clock.advance(time * unit - clock.now())
    component[state](seq === undefined ? {} : { seq })
  }
  const [from, to] = given.window as [number, number]
  await clock.advance(to * unit - clock.now())
  return tracker.report({ component: 'x', window: { from: from * unit, to: to * unit } })
}

/** What a vector calls by another name than the report, and lengths, which it gives in its unit. */
const fields: Readonly<Record<string, (report: Report, unit: number) => number | null>> = {
  uptime: (report, unit) => report.uptime / unit,
  downtime: (report, unit) => report.downtime / unit,
  unknown: (report, unit) => report.unknown / unit,
  observed: (report, unit) => (report.uptime + report.downtime) / unit,
  degradedTime: (report, unit) => report.degraded / unit,
  availability: (report) => report.availability,
  availabilityIfUnknownDown: (report) => report.availabilityIfUnknownDown,
  availabilityIfUnknownUp: (report) => report.availabilityIfUnknownUp,
  coverage: (report) => report.coverage,
  failures: (report) => report.failures,
  restorations: (report) => report.restorations,
  mtbf: (report, unit) => (report.mtbf === null ? null : report.mtbf / unit),
  mtbfOperating: (report, unit) => (report.mtbf === null ? null : report.mtbf / unit),
  mttr: (report, unit) => (report.mttr.recovery === null ? null : report.mttr.recovery / unit),
  mttrClosedMean: (report, unit) => (report.mttr.recovery === null ? null : report.mttr.recovery / unit),
  mttrEpisodes: (report, unit) => (report.mttr.recovery === null ? null : report.mttr.recovery / unit),
  mttrRate: (report, unit) => (report.mttrRate === null ? null : report.mttrRate / unit),
  meanCycle: (report, unit) => (report.meanCycle === null ? null : report.meanCycle / unit),
  meanCompleteUp: (report, unit) => (report.mut === null ? null : report.mut / unit),
  failureRatePerHour: (report) => report.failureRate,
  longestOutage: (report, unit) => (report.longestOutage === null ? null : report.longestOutage / unit),
  blips: (report) => report.blips,
  mttd: (report, unit) => (report.mttd as number) / unit,
  mtta: (report, unit) => (report.mtta as number) / unit,
  timeToDiagnose: (report, unit) => (report.phases.diagnosis as number) / unit,
  waitBeforeRepair: (report, unit) => (report.phases.waiting as number) / unit,
  activeRepair: (report, unit) => (report.phases.repair as number) / unit,
  systemRecovery: (report, unit) => (report.phases.recovery as number) / unit,
  mttrRepair: (report, unit) => (report.mttr.repair as number) / unit,
  mttrRecovery: (report, unit) => (report.mttr.recovery as number) / unit,
  mttrRespond: (report, unit) => (report.mttr.respond as number) / unit,
  mttrResolve: (report, unit) => (report.mttr.resolve as number) / unit,
}

function check(report: Report, expected: Readonly<Record<string, unknown>>, unit: Unit): void {
  let checked = 0
  for (const [name, value] of Object.entries(expected)) {
    const field = fields[name]
    if (field === undefined) continue
    checked++
    close(field(report, units[unit]), value, name)
  }
  expect(checked).toBeGreaterThan(0)
  const { uptime, downtime, maintenance, unknown, window } = report
  expect(uptime + downtime + maintenance + unknown).toBe(window.duration)
}

describe('the recorded timelines', () => {
  it.each(['TL01', 'TL05a', 'TL05c', 'TL09b', 'TL13', 'TL14', 'TL15'])(
    '%s gives what was worked out by hand',
    async (id) => {
      const given = vector(id)

      check(await play(given), given.expect ?? {}, given.unit)
    },
  )

  it('TL01 gives the FIT to the digits that are written down, and the state at the end', async () => {
    const report = await play(vector('TL01'))

    expect(report.fit).toBeCloseTo(85_714_285.7143, 3)
    expect(report.state).toBe('up')
    expect(report.nines).toBeCloseTo(-Math.log10(40 / 1440), 12)
  })

  it('TL04 unites incidents that overlap', async () => {
    const given = vector('TL04')
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    await clock.advance('1d')
    for (const [start, end] of given.incidents as [number, number][]) {
      tracker.record({ component: 'x', start: start * units.min, end: end * units.min })
    }

    const report = tracker.report({ window: { from: 0, to: 1440 * units.min } })

    check(report, given.expect ?? {}, 'min')
    const episodes = report.outages.map(({ start, end }) => [start / units.min, (end ?? 0) / units.min])
    expect(episodes).toEqual(given.expect?.['episodes'])
  })

  it('TL05c bounds the beginning and the length of an outage that began unseen', async () => {
    const { outages } = await play(vector('TL05c'))
    const [outage] = outages

    expect([outage?.startedAfter, outage?.start].map((time) => (time ?? 0) / units.min)).toEqual([300, 360])
    expect(outage?.net).toBe(40 * units.min)
    expect((outage?.endedBefore ?? 0) - (outage?.startedAfter ?? 0)).toBe(100 * units.min)
  })

  it('TL07 counts degraded time as up, as down, and by weight', async () => {
    const given = vector('TL07')
    const expected = given.expect as {
      degradedTime: number
      binaryDegradedIsUp: Record<string, number>
      strictDegradedIsDown: Record<string, number>
      weighted: { weight: number; availability: number }[]
    }

    const binary = await play(given)
    check(binary, expected.binaryDegradedIsUp, 'min')
    close(binary.degraded / units.min, expected.degradedTime, 'degraded')
    check(await play(given, { accounting: { degraded: 'down' } }), expected.strictDegradedIsDown, 'min')
    for (const { weight, availability } of expected.weighted) {
      const report = await play(given, { accounting: { degraded: weight } })
      close(report.availability, availability, `weight ${weight}`)
      expect(report.uptime + report.downtime + report.degraded).toBe(report.window.duration)
    }
  })

  it('TL09b counts an outage of no length where that is asked for', async () => {
    const given = vector('TL09b')
    const { withCountZeroLength } = given.expect as { withCountZeroLength: Record<string, number> }
    const report = await play(given, { accounting: { zeroLength: 'count' } })

    check(report, withCountZeroLength, 'min')
    expect(report).toMatchObject({ downtime: 0, availability: 1, blips: 0, restorations: 1 })
  })

  it('TL13 bounds the MTBF of something that never failed', async () => {
    const report = await play(vector('TL13'))
    const expected = vector('TL13').expect as Record<string, number>
    const { uptime, failures, confidence } = report
    const lower = (level: number): number =>
      (mtbfInterval({ uptime, failures, confidence: level, sided: 'lower' }).lower ?? 0) / units.h

    close(lower(0.95), expected['mtbfLower95'], '95 %')
    close(lower(0.9), expected['mtbfLower90'], '90 %')
    close(1 / lower(0.95), expected['failureRateUpper95PerHour'], 'rate')
    close((confidence.mtbf.lower ?? 0) / units.h, expected['mtbfLower90'], 'in the report')
    expect(confidence).toMatchObject({
      level: 0.9,
      mtbf: { estimate: null, upper: null, events: 0 },
      mttr: { estimate: null },
    })
  })

  it('TL09c refuses what comes later than the tolerance, and counts it', async () => {
    const given = vector('TL09c') as Vector & { arrivalOrder: [number, State, number][]; lateToleranceMin: number }
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, lateTolerance: given.lateToleranceMin * units.min })
    for (const [time, state, arrivedAt] of given.arrivalOrder) {
      await clock.advance(arrivedAt * units.min - clock.now())
      tracker.record({ component: 'x', state, time: time * units.min })
    }
    await clock.advance(1440 * units.min - clock.now())

    const report = tracker.report({ window: '1d' })

    check(report, given.expect ?? {}, 'min')
    expect(report.rejectedEvents).toBe(given.expect?.['rejectedLate'])
  })

  it.each([
    ['with a heartbeat before the suspend', true],
    ['without one', false],
  ])('TL11 takes sleep out of the account, %s', async (_, beats) => {
    const given = vector('TL11')
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    const rows = given.events as unknown as [wall: number, mono: number, kind: string][]
    for (const [wall, mono, kind] of rows) {
      await clock.advance(mono * 1000 - clock.now())
      clock.suspend(wall * 1000 - clock.wall())
      if (kind === 'up' || kind === 'down') x[kind]()
      else if (beats) tracker.report()
    }

    for (const report of [
      tracker.report(),
      tracker.report({ window: 12_600_000 }),
      tracker.report({ window: { from: 0, to: 5_400_000 } }),
    ]) {
      check(report, given.expect ?? {}, 's')
      expect(report.window.duration).toBe(12_600_000)
      expect(report.suspended).toBe(7_200_000)
      expect(report.clockSteps.map(({ by }) => by)).toEqual([7_200_000])
    }
  })

  it('TL14 shows the outage that was there from the start', async () => {
    const { openOutage } = await play(vector('TL14'))

    expect(openOutage).toEqual({ start: 0, startCensored: true, elapsed: 1440 * units.min, net: 1440 * units.min })
  })

  it('TL17 reads four repair times and five phases off the same incidents', async () => {
    const given = vector('TL17')
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    await clock.advance('1d')
    for (const incident of given.incidents as Record<string, number>[]) {
      const { start = 0, ...stamps } = Object.fromEntries(
        Object.entries(incident).map(([name, minutes]) => [name, minutes * units.min]),
      )
      tracker.record({ component: 'x', start, ...stamps })
    }

    const report = tracker.report()

    check(report, given.expect ?? {}, 'min')
    const { detection, diagnosis, waiting, repair, recovery } = report.phases
    const parts = [detection, diagnosis, waiting, repair, recovery].map((part) => part ?? Number.NaN)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(report.mttr.recovery)
  })

  describe('TL19, rolling windows', () => {
    const given = vector('TL19') as unknown as {
      outages: [day: number, minutes: number][]
      expect: Record<'1d' | '7d' | '30d' | '90d' | '120d', Record<string, number>>
      partial: Record<string, number>
    }
    const day = 1440 * units.min
    const start = async (until: number): Promise<[VirtualClock, ReturnType<typeof availabilityTracker>]> => {
      const clock = virtualClock()
      const tracker = availabilityTracker({ clock })
      const x = tracker.component('x')
      x.up()
      for (const [from, minutes] of given.outages.filter(([from]) => from < until)) {
        await clock.advance(from * day - clock.now())
        x.down()
        await clock.advance(minutes * units.min)
        x.up()
      }
      await clock.advance(until * day - clock.now())
      return [clock, tracker]
    }

    it('end now, and an outage counts where it lies', async () => {
      const [, tracker] = await start(120)

      for (const window of ['1d', '7d', '30d', '90d', '120d'] as const) {
        check(tracker.report({ window }), given.expect[window], 'min')
      }
    })

    it('are not covered where they reach beyond the start', async () => {
      const [, tracker] = await start(3)
      const report = tracker.report({ window: '7d' })

      check(report, given.partial, 'min')
      close(report.availabilityIfUnknownDown, given.partial['ifUnknownDown'], 'if unknown down')
    })
  })

  it('TL21 bridges a short restart and knows nothing of a long one', async () => {
    const given = vector('TL21') as unknown as {
      cases: {
        heartbeatToleranceS: number
        lastSeen: number
        resumedAt: number
        before: State
        after: State
        expect: { unknown: number; failureAt?: number }
      }[]
    }
    for (const { heartbeatToleranceS, lastSeen, resumedAt, before, after, expect: expected } of given.cases) {
      const clock = virtualClock()
      const old = availabilityTracker({ clock })
      old.component('x')[before]()
      await clock.advance(lastSeen * 1000)
      const restore = JSON.parse(JSON.stringify(old.snapshot()))
      const later = virtualClock({ wall: resumedAt * 1000 })
      const tracker = availabilityTracker({ clock: later, restore, restartTolerance: heartbeatToleranceS * 1000 })
      tracker.component('x')[after]()
      await later.advance('1h')

      const report = tracker.report()

      expect(report.unknown).toBe(expected.unknown * 1000)
      expect(report.window.duration).toBe(resumedAt * 1000 + 3_600_000)
      expect(report.failures).toBe(expected.failureAt === undefined ? 0 : 1)
      if (expected.failureAt !== undefined) {
        expect(later.wall() - later.now() + (report.outages[0]?.start ?? 0)).toBe(expected.failureAt * 1000)
      }
    }
  })

  it('TL23 weighs by time, so the frequency of checks does not matter', async () => {
    const given = vector('TL23') as unknown as { timeBased: number }
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    let good = true
    const often = tracker.probe('x', () => good, { every: '1m', jitter: 0, rise: 1, fall: 1 })
    await clock.advance('10d')
    often.stop()
    tracker.probe('x', () => good, { every: '5m', jitter: 0, rise: 1, fall: 1 })
    await clock.advance(9 * 86_400_000 - 1)
    good = false
    await clock.advance(86_400_001)

    close(tracker.report({ window: '20d' }).availability, given.timeBased, 'by time')
  }, 30_000)

  it('TL24 has no formula that can leave 0 to 1', async () => {
    const given = vector('TL24') as unknown as { hits2: number; fails2: number; correct2: number }
    const { hits2, fails2, correct2 } = given
    const report = await play({
      id: 'made',
      unit: 's',
      window: [0, hits2 + fails2],
      events: [
        [0, 'up'],
        [hits2, 'down'],
      ],
    })

    expect(100 * (report.availability ?? 0)).toBeCloseTo(correct2, 3)
  })
})
