import { fleetReport, fleetTimeline, mergeTimelines, timelineReport } from 'holdfast/fleet'
import { describe, expect, it } from 'vitest'
import { seen } from './fixture.ts'

const day = 1440
const calls = (made: number, good: number) => ({ calls: made, first: good, delivered: good })

/** Three instances for a day, in minutes; the third is not heard of for 100 of them. */
const fleet = [
  seen(
    'a',
    [
      ['up', 0],
      ['down', 100],
      ['up', 220],
    ],
    { to: day, requests: calls(4700, 4308) },
  ),
  seen(
    'b',
    [
      ['up', 0],
      ['down', 170],
      ['up', 250],
    ],
    { to: day, requests: calls(3000, 2833) },
  ),
  seen(
    'c',
    [
      ['up', 0],
      ['down', 200],
      ['up', 210],
      ['unknown', 900],
      ['up', 1000],
    ],
    {
      to: day,
      requests: calls(2300, 2283),
    },
  ),
]

const percent = (ratio: number | null | undefined): string => `${(100 * (ratio ?? Number.NaN)).toFixed(2)}`

describe('the report on a fleet', () => {
  it('has four availabilities, each for its question', () => {
    const report = fleetReport(fleet)

    expect(percent(report.mean)).toBe('95.12')
    expect(percent(report.pooled)).toBe('95.02')
    expect(report.atLeast.map(percent)).toEqual(['99.31', '96.53', '88.81'])
    expect(percent(report.requestWeighted)).toBe('94.24')
    expect(report.counting).toBe(3)
  })

  it('is exact', () => {
    const report = fleetReport(fleet, { mode: { quorum: 3 } })

    expect(report.pooled).toBeCloseTo(1 - 210 / (3 * day - 100), 15)
    expect(report.mean).toBeCloseTo((1 - 120 / day + 1 - 80 / day + 1 - 10 / 1340) / 3, 15)
    expect(report.atLeast).toEqual([1 - 10 / day, 1 - 50 / day, 1190 / 1340])
    expect(report.requestWeighted).toBe(0.9424)
    expect(report.service).toMatchObject({ uptime: 1190, downtime: 150, unknown: 100, coverage: 1340 / 1440 })
    expect(report).toMatchObject({ mode: { quorum: 3 }, absent: 'unknown', window: { fromAt: 0, toAt: day } })
  })

  it.each([
    [1, 'any'],
    [2, 'majority'],
    [3, 'all'],
  ] as const)('has for a quorum of %i what the merged timeline has', (quorum, mode) => {
    const { atLeast, service } = fleetReport(fleet, { mode })
    const merged = timelineReport(mergeTimelines(fleet, { mode: { quorum } }))

    expect(merged).toEqual(service)
    expect(atLeast[quorum - 1]).toBe(merged.availability)
  })

  it('lists each instance as if it were alone', () => {
    const { instances } = fleetReport([...fleet].reverse(), { window: { from: 150, to: new Date(950) } })

    expect(instances.map(({ observer }) => observer)).toEqual(['a', 'b', 'c'])
    for (const [index, { component, observer, requests, ...rest }] of instances.entries()) {
      const one = fleet[index] as (typeof fleet)[number]
      expect(rest).toEqual(timelineReport(one, { window: { from: new Date(150), to: 950 } }))
      expect({ component, observer, requests }).toEqual({ component: 'stock', observer, requests: one.requests })
    }
  })

  it('has a window that ends with the timelines', () => {
    const report = fleetReport(fleet, { window: 540 })

    expect(report.window).toEqual({ fromAt: 900, toAt: day, duration: 540 })
    expect(report.atLeast).toEqual([1, 1, 1])
    expect(report.service).toMatchObject({ uptime: 540, state: 'up', outages: [], longestOutage: null, nines: null })
    expect(report.instances[2]).toMatchObject({ coverage: 440 / 540, unknown: 100 })
    expect(report.requestWeighted).toBe(0.9424)
  })

  it('is unknown outside of the timelines, and null for an instance without any in the window', () => {
    const late = seen('d', [['up', 2000]], { from: 2000, to: 2100 })
    const report = fleetReport([...fleet, late], { mode: { quorum: 2 }, window: { from: -100, to: 1000 } })

    expect(report.service).toMatchObject({ unknown: 140, state: 'up', uptime: 950, downtime: 10 })
    expect(report.instances[3]).toMatchObject({ availability: null, coverage: 0, mtbf: null, failureRate: null })
    expect(report.mean).toBeCloseTo(fleetReport(fleet, { window: { from: 0, to: 1000 } }).mean as number, 15)
    expect(report.counting).toBe(3)
    expect(report.atLeast[3]).toBe(0)
  })

  it('has null for everything unknown', () => {
    const report = fleetReport([seen('a', []), seen('b', [], { requests: calls(0, 0) })])

    expect(report).toMatchObject({ mean: null, pooled: null, atLeast: [null, null], requestWeighted: null })
    expect(report.service).toMatchObject({
      availability: null,
      coverage: 0,
      state: 'unknown',
      mttr: { recovery: null },
    })
    expect(fleetReport([seen('a', [], { to: 0 })]).service.coverage).toBeNull()
    expect(fleetReport([seen('a', [['up', 0]])]).requestWeighted).toBeNull()
  })

  it('ignores the absent on request', () => {
    const replaced = [
      seen('old', [['up', 0]], { to: 50 }),
      seen(
        'new',
        [
          ['up', 50],
          ['down', 90],
        ],
        { from: 50 },
      ),
    ]

    expect(fleetReport(replaced, { mode: 'all' })).toMatchObject({ atLeast: [1, 0], service: { unknown: 90 } })
    expect(fleetReport(replaced, { mode: 'all', absent: 'ignore' })).toMatchObject({
      absent: 'ignore',
      atLeast: [0.9, 0],
      service: { availability: 0.9, unknown: 0 },
    })
    const apart = [seen('old', [['up', 0]], { to: 40 }), seen('new', [['up', 60]], { from: 60 })]
    expect(fleetReport(apart, { absent: 'ignore' })).toMatchObject({ atLeast: [1, 0], service: { unknown: 20 } })
  })

  it('counts expected instances without a timeline', () => {
    const { atLeast, service } = fleetReport(
      [
        seen('a', [
          ['up', 0],
          ['down', 50],
        ]),
      ],
      { expected: 3, mode: 'majority' },
    )

    expect(atLeast).toEqual([1, null, 0])
    expect(service).toMatchObject({ availability: null, unknown: 100 })
  })

  it.each([
    ['up', [1, 0.9, 0.5]],
    ['down', [0.9, 0.5, 0.4]],
    [0.5, [0.95, 0.7, 0.45]],
  ] as const)('counts degraded time as %s', (degraded, atLeast) => {
    const some = [
      seen('a', [
        ['up', 0],
        ['degraded', 90],
      ]),
      seen('b', [
        ['up', 0],
        ['degraded', 50],
        ['down', 90],
      ]),
      seen('c', [
        ['degraded', 0],
        ['up', 10],
        ['down', 50],
      ]),
    ]

    const report = fleetReport(some, { accounting: { degraded } })
    expect(report.atLeast.map((ratio) => Math.round(1000 * (ratio as number)) / 1000)).toEqual(atLeast)
    for (const quorum of [1, 2, 3]) {
      const { availability } = fleetReport(some, { accounting: { degraded }, mode: { quorum } }).service
      expect(availability).toBeCloseTo(report.atLeast[quorum - 1] as number, 15)
    }
    expect(report.accounting).toMatchObject({ degraded, maintenance: 'exclude' })
  })

  it('counts merged gaps as down on request', () => {
    const flapping = [
      seen('a', [
        ['up', 0],
        ['down', 50],
        ['up', 60],
        ['down', 65],
        ['up', 80],
      ]),
    ]
    const downtime = (mergedAsDown: boolean): number =>
      fleetReport(flapping, { accounting: { mergeGap: '10m', mergedAsDown } }).service.downtime
    expect(downtime(true) - downtime(false)).toBe(5)
  })

  it('accepts a fleet that was made before', () => {
    const parts = [fleetTimeline(fleet.slice(0, 2)), fleetTimeline(fleet.slice(1))]

    expect(fleetReport(JSON.parse(JSON.stringify(parts)))).toEqual(fleetReport(fleet))
  })
})

describe('the report on a timeline', () => {
  const timeline = seen('a', [
    ['down', 0],
    ['up', 10],
    ['down', 40],
    ['unknown', 45],
    ['down', 50],
    ['up', 55],
    ['down', 95],
  ])

  it('has outages in wall time', () => {
    const moved = { ...timeline, from: 1_700_000_000_000, to: 1_700_000_000_100 }
    const at = (time: number): number => 1_700_000_000_000 + time

    expect(timelineReport(moved).outages).toEqual([
      { startAt: at(0), endAt: at(10), open: false, startCensored: true, net: 10, spansUnknown: false },
      { startAt: at(40), endAt: at(55), open: false, startCensored: false, net: 10, spansUnknown: true },
      { startAt: at(95), endAt: null, open: true, startCensored: false, net: 5, spansUnknown: false },
    ])
  })

  it('has the counts and means of a tracker', () => {
    expect(timelineReport(timeline)).toMatchObject({
      uptime: 70,
      downtime: 25,
      unknown: 5,
      availability: 70 / 95,
      availabilityIfUnknownDown: 0.7,
      availabilityIfUnknownUp: 0.75,
      coverage: 0.95,
      failures: 2,
      restorations: 2,
      mtbf: 35,
      mttr: { recovery: 10 },
      mttrRate: 12.5,
      failureRate: (2 / 70) * 3_600_000,
      longestOutage: 10,
      state: 'down',
    })
  })

  it('does not read beyond its window', () => {
    expect(timelineReport(timeline, { window: { from: 0, to: 42 } })).toMatchObject({
      failures: 1,
      restorations: 1,
      longestOutage: 10,
      outages: [{ endAt: 10 }, { startAt: 40, endAt: null, open: true, net: 2 }],
    })
  })

  it.each([
    [{ window: 0 }, 'window must be a duration > 0, or { from, to } in order, each a Date or milliseconds'],
    [{ window: Number.POSITIVE_INFINITY }, 'window must be a duration > 0'],
    [{ window: 'soon' }, 'window must be a duration > 0'],
    [{ window: { from: 5, to: 4 } }, 'window must be a duration > 0'],
    [{ window: { from: 5 } }, 'window must be a duration > 0'],
    [{ window: { from: new Date(Number.NaN), to: 4 } }, 'window must be a duration > 0'],
    [{ accounting: { maintenance: 'ignore' } }, 'accounting must be one without maintenance ignored, got an object'],
    [
      { accounting: { serviceHours: { from: '09:00', to: '17:00' } } },
      'accounting must be one without service hours, got an object',
    ],
    [{ accounting: 7 }, 'accounting must be an object'],
    [{ windows: 3 }, '"windows" is not an option, did you mean window?'],
  ])('is refused with %j', (options, message) => {
    expect(() => timelineReport(timeline, options as never)).toThrow(message)
    expect(() => fleetReport([timeline], options as never)).toThrow(message)
  })

  it('of a fleet is refused with a wrong mode, or without a timeline', () => {
    expect(() => fleetReport([timeline], { mode: 'most' as never })).toThrow("fleetReport: mode must be 'any', 'all'")
    expect(() => fleetReport([])).toThrow('fleetReport: timelines must be at least one timeline, got an array')
  })
})
