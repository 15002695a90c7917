import { availabilityTracker, type ComponentReport, explainReport, formatReport } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { instantText, lengthText } from '../../../src/availability/format/length.ts'

const hour = 3_600_000

/** Ten hours of stock: up 6 h, down 1 h and 30 min, degraded 1 h, maintenance 30 min, unknown 1 h. */
async function reported(accounting = {}) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, accounting })
  const stock = tracker.component('stock')
  await clock.advance('1h')
  stock.up()
  await clock.advance('3h')
  stock.down({ reason: 'disk' })
  await clock.advance('1h')
  stock.degraded()
  await clock.advance('1h')
  stock.up()
  await clock.advance('2h')
  stock.maintenance()
  await clock.advance('30m')
  stock.up()
  await clock.advance('1h')
  stock.down()
  await clock.advance('30m')
  return tracker.report()
}

/** One nobody has seen. */
const empty = () => availabilityTracker({ clock: virtualClock() }).report({ component: 'ghost' })

const withAlso = (report: ComponentReport, also: Partial<ComponentReport>) => {
  const one: ComponentReport = Object.defineProperties({ ...report }, Object.getOwnPropertyDescriptors(also))
  return { ...one, components: { [`${one.component}`]: one } }
}

describe('a window no date can name', () => {
  it.each([1e308, '1000000000d'] as const)('can be written down: %s', (window) => {
    const tracker = availabilityTracker({ clock: virtualClock({ wall: 0 }) })
    tracker.component('x').up()
    const report = tracker.report({ window })

    expect(formatReport(report, 'text')).toContain(', before all dates to 1970-01-01T00:00:00Z')
    expect(formatReport(report, 'markdown')).toContain('before all dates')
    expect(explainReport(report)).toContain('from before all dates until before 1970-01-01T00:00:00Z.')
    expect(formatReport(report, 'csv').split('\r\n')[1]).toContain(',,,1970-01-01T00:00:00.000Z,')
  })

  it('has another name at its other end', () => {
    expect(instantText(9e15)).toBe('after all dates')
  })
})

describe('a report as text', () => {
  it('has every number with what it is made of', async () => {
    const report = await reported()
    const { fromAt, toAt } = report.window

    expect(`\n${formatReport(report, 'text')}`).toBe(`
stock  82%
  window                       since start, ${instantText(fromAt)} to ${instantText(toAt)}
  state                        down
  availability                 82% (0.75 nines)
  coverage                     90%
  if unknown was down, up      73%, 84%
  up, down                     7 h, 1 h 30 min
  degraded                     1 h
  maintenance                  30 min
  unknown                      1 h
  failures, restorations       2, 1
  MTBF                         3 h 30 min (90 %: 1 h 6 min to 19 h 41 min, few data)
  MTTR (recovery)              1 h (90 %: 18 min 58 s to 1 d 5 h, few data)
  outage median, p90, longest  1 h, 1 h, 1 h
  open outage                  for 30 min
  accounting                   default, degraded up, maintenance exclude, unknown exclude
`)
  })

  it('says how it was counted, where that is not as usual', async () => {
    const serviceHours = { zone: 'Europe/Berlin', from: '08:00', to: '18:00', days: [1, 2, 3, 4, 5] }
    const accounting = { degraded: 0.7, mergeGap: '1m', confirmDown: '2m', zeroLength: 'count', serviceHours } as const
    const text = formatReport(await reported(accounting), 'text')

    expect(text).toContain(
      'default, degraded × 0.7, maintenance exclude, unknown exclude, gaps under 1 min merged, outages from 2 min, blips counted, 08:00 to 18:00 Europe/Berlin\n',
    )
    expect(text).toMatch(/\n {2}outside service hours +\d/)

    const raw = await reported({ mergeGap: '1m', mergedAsDown: true, split: true })
    expect(formatReport(raw, 'text')).toContain(', gaps under 1 min merged, as down, split by unknown time\n')
  })

  it('has what few reports have', async () => {
    const report = await reported()
    const requests = { ...report.requests, calls: 10, rawAvailability: 0.9, deliveredAvailability: 1 }
    const mttr = { ...report.mttr, repair: hour, respond: 2 * hour, resolve: 3 * hour }
    const trend = { ...report.trend, verdict: 'worsening' } as const
    const window = { ...report.window, label: 'calendar:day', zone: 'Asia/Tokyo' }
    const text = formatReport(withAlso(report, { requests, mttr, trend, window, mttd: 5000, precision: hour }), 'text')

    const lines = text.split('\n').map((line) => line.trim().replace(/ {2,}/, ': '))
    expect(lines).toEqual(
      expect.arrayContaining([
        'MTTR (repair): 1 h',
        'MTTR (respond): 2 h',
        'MTTR (resolve): 3 h',
        'MTTD: 5 s',
        'trend: failures: worsening',
        'calls: 10, raw 90%, delivered 100%',
        'precision: edges to 1 h',
      ]),
    )
    expect(text).toContain('calendar:day Asia/Tokyo, ')
  })

  it('says how little data there is only where there is little', async () => {
    const report = await reported()
    const mtbf = { ...report.confidence.mtbf, insufficient: false }
    const text = formatReport(withAlso(report, { confidence: { ...report.confidence, mtbf } }), 'text')

    expect(text).toMatch(/MTBF .*19 h 41 min\)\n/)
    expect(text).toMatch(/MTTR .*1 d 5 h, few data\)\n/)
  })

  it('never makes a number of what is not known', () => {
    expect(formatReport(empty(), 'text')).toMatch(/^ghost {2}unknown\n/)
    expect(formatReport(empty(), 'text')).not.toMatch(/NaN|null|undefined|Infinity/)
    const nothing = formatReport(availabilityTracker({ clock: virtualClock() }).report(), 'csv')
    expect(nothing.split('\r\n')).toHaveLength(2)
    const unnamed = withAlso(empty(), { component: null })
    expect(formatReport(unnamed, 'text')).toMatch(/^nothing is tracked {2}unknown\n/)
  })
})

describe('a report in other forms', () => {
  it('is a table with one row a component, and one table for each of them', async () => {
    const report = withAlso(await reported(), { component: 'a|b*<script>`_[x]#\\\u0007' })
    const [table, detail] = formatReport(report, 'markdown').split('\n## ')

    expect(table).toBe(`\
| component | availability | coverage | down | failures | MTBF | MTTR (recovery) |
|---|---|---|---|---|---|---|
| a\\|b\\*\\<script\\>\\\`\\_\\[x\\]\\#\\\\\uFFFD | 82% | 90% | 1 h 30 min | 2 | 3 h 30 min | 1 h |
`)
    expect(detail).toMatch(/^a\\\|b\\\*/)
    expect(detail).toContain('\n| up, down | 7 h, 1 h 30 min |\n')
  })

  it('is CSV, where names are names and no formulas', async () => {
    const report = await reported()
    const names = ['=1+1', '+1', '-1', '@a', 'a"b', 'a,b', 'a\nb', 'plain']
    const components = Object.fromEntries(names.map((component) => [component, { ...report, component }]))
    const rows = formatReport({ ...report, components }, 'csv').split('\r\n')

    expect(rows.slice(1, -1).map((row) => row.split(',since')[0])).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@a",
      '"a""b"',
      '"a,b"',
      'a\uFFFDb',
      'plain',
    ])
    const unnamed = { ...report, components: { none: { ...report, component: null } } }
    expect(formatReport(unnamed, 'csv').split('\r\n')[1]).toMatch(/^,since start,/)
  })

  it('is JSON with every field', async () => {
    const report = await reported()

    expect(JSON.parse(formatReport(report, 'json'))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it('is refused in a form that there is not', async () => {
    const report = await reported()

    expect(() => formatReport(report, 'html' as 'text')).toThrow(TypeError)
    expect(() => formatReport(report, 'html' as 'text')).toThrow(
      "formatReport: form must be one of 'text', 'markdown', 'csv', 'json', got",
    )
  })
})

describe('the explanation of a report', () => {
  it('says how each number came about', async () => {
    const report = await reported()
    const [, ...lines] = explainReport(report).split('\n')

    expect(lines).toEqual([
      'Availability 82% = up 7 h / (up 7 h + down 1 h 30 min).',
      'Coverage 90%: 1 h is not known, and left out. Had that been down it would be 73%, had it been up 84%.',
      'MTBF 3 h 30 min = up 7 h / 2 failures.',
      'MTTR (recovery) 1 h is the mean of 1 outage that ended; the median is 1 h, the longest 1 h. One is open for 30 min, and not in this mean.',
      expect.stringMatching(/^With 90 % confidence, if rates are constant, .* That is little to go by\.$/),
      'Accounting: default, degraded up, maintenance exclude, unknown exclude.',
    ])
  })

  it('weighs degraded time as the accounting does', async () => {
    const text = explainReport(await reported({ degraded: 0.5 }))

    expect(text).toContain('= (up 6 h + 0.5 × degraded 1 h) / (up 6 h + 1 h + down 1 h 30 min).')
  })

  it('says what is not known', () => {
    expect(explainReport(empty()).split('\n').slice(1, 6)).toEqual([
      'Availability is not known: nothing was observed in the window.',
      'Coverage is not known: the window is empty.',
      'No failure was seen, so there is no MTBF.',
      'No outage ended, so there is no MTTR.',
      'Too little happened to say how sure the availability is.',
    ])
  })

  it('says how good no failures are, and what was there from the start', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const stock = tracker.component('stock')
    stock.down()
    await clock.advance('1h')
    stock.up()
    await clock.advance('9h')
    const text = explainReport(tracker.report())

    expect(text).toMatch(
      /No failure was seen, so there is no MTBF\. With 90 % confidence it is above .*\. An outage that/,
    )
    expect(text).toContain(': all of it was observed.')
  })

  it('notes what was odd', async () => {
    const report = await reported()
    const odd = withAlso(report, {
      suspended: hour,
      clockSteps: [{ time: 0, at: 0, by: 1 }],
      rejectedEvents: 2,
      blips: 1,
      precision: hour,
      trend: { ...report.trend, verdict: 'worsening' },
      failures: 5,
      window: { ...report.window, zone: 'UTC' },
      availabilityIfUnknownDown: null,
    })

    expect(explainReport(odd).split('\n').slice(7)).toEqual([
      'The machine slept for 1 h; that time is unknown.',
      'The clocks disagreed 1 time.',
      '2 events came too late, and were refused.',
      '1 outage of no length, or too short to count, are no failures.',
      'History this old is kept in buckets: edges of the window are right to 1 h.',
      'Failures come more and more often, so an MTBF says little about the next one.',
    ])
    expect(explainReport(odd)).toContain(' of UTC: from ')
    expect(explainReport(odd)).toContain('is not known, and left out.\n')
  })
})

describe('a length', () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [0.5, '<1 ms'],
    [999, '999 ms'],
    [60_000, '1 min'],
    [61_999, '1 min 1 s'],
    [hour, '1 h'],
    [hour + 1000, '1 h'],
    [25 * hour, '1 d 1 h'],
    [1000.9, '1 s'],
  ])('of %s ms is %s', (length, text) => {
    expect(lengthText(length)).toBe(text)
  })
})
