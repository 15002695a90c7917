import {
  fleetTimeline,
  mergeTimelines,
  type ObservedTimeline,
  TimelineVersionError,
  timelineReport,
} from 'holdfast/fleet'
import { describe, expect, it } from 'vitest'
import { seen } from './fixture.ts'

const good = seen('a', [
  ['up', 5],
  ['down', 50],
])
const read = (value: unknown): unknown => fleetTimeline([value as ObservedTimeline])

describe('a timeline as JSON', () => {
  it('is read as it was written', () => {
    const fleet = fleetTimeline([good, seen('b', [])])

    expect(fleetTimeline([JSON.parse(JSON.stringify(fleet))])).toEqual(fleet)
    expect(fleet).toEqual({ format: 'holdfast.fleet', version: 1, timelines: [good, seen('b', [])] })
    expect(fleetTimeline([]).timelines).toEqual([])
  })

  it('can have unknown fields, and no requests', () => {
    const { requests: _, ...rest } = good

    expect(read({ ...rest, notes: 'x', zone: { a: 1 } })).toEqual(read(good))
    expect(read({ format: 'holdfast.fleet', version: 1, timelines: [good], madeBy: 'x' })).toEqual(read(good))
  })

  it('can repeat states', () => {
    expect(read({ ...good, steps: [1, 4, 10, 35, 2], states: '40022' })).toEqual(read(good))
  })

  it.each([
    [null, "timelines[0] must be of format 'holdfast.timeline' or 'holdfast.fleet', got null"],
    [[], "timelines[0] must be of format 'holdfast.timeline' or 'holdfast.fleet', got an array"],
    [{ ...good, format: 'holdfast.availability' }, 'got "holdfast.availability"'],
    [{ ...good, version: '1' }, 'timelines[0].version must be an integer, got "1"'],
    [{ ...good, component: '' }, 'timelines[0]: component must be a non-empty string, got ""'],
    [{ ...good, observer: 7 }, 'timelines[0]: observer must be a non-empty string, got 7'],
    [{ ...good, from: 0.5 }, 'timelines[0]: from must be whole milliseconds since the epoch, got 0.5'],
    [{ ...good, to: null }, 'timelines[0]: to must be whole milliseconds since the epoch, got null'],
    [{ ...good, to: -1 }, 'timelines[0]: to must be at or after from, got -1 before 0'],
    [{ ...good, steps: [-1, 5] }, 'timelines[0]: steps must be whole milliseconds, the first >= 0 and the others > 0'],
    [{ ...good, steps: [0, 0] }, 'steps must be whole milliseconds'],
    [{ ...good, steps: [0, 1.5] }, 'steps must be whole milliseconds'],
    [{ ...good, steps: '05' }, 'steps must be whole milliseconds'],
    [{ ...good, steps: [5] }, 'timelines[0]: states must be one digit a step, got 2 for 1'],
    [{ ...good, states: '05' }, 'timelines[0]: states must be digits from 0 to 4, got "05"'],
    [{ ...good, states: [0, 2] }, 'timelines[0]: states must be digits from 0 to 4, got an array'],
    [{ ...good, to: 45 }, 'timelines[0]: steps must end before to, got 5 ms beyond'],
    [{ ...good, to: 50 }, 'timelines[0]: steps must end before to, got 0 ms beyond'],
    [{ ...good, requests: 3 }, 'requests must be counts { calls, first, delivered }, none above calls, or null, got 3'],
    [{ ...good, requests: { calls: 3, first: 1 } }, 'requests must be counts'],
    [{ ...good, requests: { calls: 3, first: 4, delivered: 3 } }, 'requests must be counts'],
    [{ ...good, requests: { calls: 3, first: -1, delivered: 3 } }, 'requests must be counts'],
    [{ ...good, requests: { calls: 3, first: 0.5, delivered: 3 } }, 'requests must be counts'],
    [{ format: 'holdfast.fleet', version: 1 }, 'timelines[0].timelines must be an array, got undefined'],
    [
      {
        format: 'holdfast.fleet',
        version: 1,
        timelines: [good, { format: 'holdfast.fleet', version: 1, timelines: [] }],
      },
      'timelines[0].timelines[1] must be a timeline, got a fleet of them',
    ],
  ])('%j is refused', (value, message) => {
    expect(() => read(value)).toThrow(TypeError)
    expect(() => read(value)).toThrow(message)
  })

  it('that is malformed changes nothing in the others', () => {
    const before = structuredClone(good)

    expect(() => mergeTimelines([good, { ...good, states: 'x' }], { mode: 'any' })).toThrow('timelines[1]: states')
    expect(good).toEqual(before)
  })

  it('of a later version is refused with an error that says so', () => {
    for (const value of [
      { ...good, version: 2 },
      { format: 'holdfast.fleet', version: 2, timelines: 'anything' },
    ]) {
      let thrown: unknown
      try {
        read(value)
      } catch (error) {
        thrown = error
      }

      expect(thrown).toBeInstanceOf(TimelineVersionError)
      expect(thrown).toBeInstanceOf(TypeError)
      expect(thrown).toMatchObject({ name: 'TimelineVersionError', format: value.format, version: 2, supported: 1 })
      expect(String(thrown)).toContain(`timelines[0] must be of version 1 of ${value.format}, got version 2`)
    }
  })

  it('is not changed by merges and reports', () => {
    const frozen = Object.freeze({ ...good, steps: Object.freeze([...good.steps]) as never })

    mergeTimelines([frozen, frozen], { mode: 'all' })
    expect(timelineReport(frozen).uptime).toBe(45)
    expect(() => timelineReport(fleetTimeline([good]) as never)).toThrow(
      'timelineReport: timeline must be a timeline, got a fleet of them',
    )
  })
})
