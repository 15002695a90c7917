import fc from 'fast-check'
import type { ComponentState as State } from 'holdfast/availability'
import {
  type FleetTimeline,
  fleetReport,
  fleetTimeline,
  type MergeMode,
  mergeTimelines,
  type ObservedTimeline,
  timelineReport,
} from 'holdfast/fleet'
import { describe, expect, it } from 'vitest'
import { count } from '../availability/naive.ts'
import { seen, statesOf } from './fixture.ts'

const end = 60
const states: readonly State[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']

const calls = fc.option(
  fc.nat(9).map((made) => ({ calls: made, first: Math.floor(made / 2), delivered: made })),
  { nil: null },
)

/** Of few observers, so that some are heard of more than once. */
const timeline = (observers: readonly string[]): fc.Arbitrary<ObservedTimeline> =>
  fc
    .record({
      observer: fc.constantFrom(...observers),
      ends: fc.tuple(fc.nat(end), fc.nat(end)),
      told: fc.uniqueArray(fc.tuple(fc.constantFrom(...states), fc.nat(end - 1)), {
        selector: ([, time]) => time,
        maxLength: 8,
      }),
      requests: calls,
    })
    .map(({ observer, ends, told, requests }) => {
      const [from, to] = [Math.min(...ends), Math.max(...ends)]
      const inside = told.filter(([, time]) => time >= from && time < to).sort(([, one], [, other]) => one - other)
      return seen(observer, inside, { from, to, requests })
    })

const some = (observers: readonly string[], minLength = 0) => fc.array(timeline(observers), { minLength, maxLength: 7 })
const repeated = some(['a', 'b', 'c'])
const mode: fc.Arbitrary<MergeMode> = fc.oneof(
  fc.constantFrom<MergeMode[]>('any', 'all', 'majority'),
  fc.integer({ min: 1, max: 5 }).map((quorum) => ({ quorum })),
)
const absent = fc.constantFrom('unknown', 'ignore')
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** Each millisecond of all observers: of several exports of one, the one that ends last holds, then the longest. */
function naive(list: readonly ObservedTimeline[]): readonly (readonly (State | 'absent')[])[] {
  const observers = [...new Set(list.map(({ observer }) => observer))]
  const columns = observers.map((observer) =>
    list
      .filter((one) => one.observer === observer)
      .sort((one, other) => one.to - other.to || other.from - one.from)
      .map((one) => statesOf(one, 0, end))
      .reduce((under, over) => under.map((state, at) => (over[at] === 'absent' ? state : (over[at] as State)))),
  )
  return Array.from({ length: end }, (_, at) => columns.map((column) => column[at] as State | 'absent'))
}

/** A known verdict is one that is the same whatever the unknown ones are. */
function naiveVerdict(all: readonly (State | 'absent')[], asked: MergeMode, gone: 'unknown' | 'ignore'): State {
  const said = gone === 'ignore' ? all.filter((state) => state !== 'absent') : all
  if (all.every((state) => state === 'absent')) return 'unknown'
  const n = said.length
  const k = typeof asked === 'object' ? asked.quorum : { any: 1, all: n, majority: Math.floor(n / 2) + 1 }[asked]
  const known = (unknownAre: State): State => {
    const resolved = said.map((state) => (state === 'unknown' || state === 'absent' ? unknownAre : state))
    const number = (...wanted: State[]): number => resolved.filter((state) => wanted.includes(state as State)).length
    if (number('up', 'degraded') >= k) return 'up'
    return number('up', 'degraded', 'maintenance') >= k ? 'maintenance' : 'down'
  }
  const [best, worst] = [known('up'), known('down')]
  if (best !== worst) return 'unknown'
  return best === 'up' && said.filter((state) => state === 'up').length < k ? 'degraded' : best
}

const span = ({ from, to }: ObservedTimeline) => ({ from, to })

describe('a fleet', () => {
  it('is the same in any order and with any repeats', () => {
    fc.assert(
      fc.property(
        repeated.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list]))),
        ([list, more]) => {
          expect(fleetTimeline([...more, ...list])).toEqual(fleetTimeline(list))
        },
      ),
    )
  })

  it('is the same however it was grouped, also through JSON', () => {
    fc.assert(
      fc.property(repeated, repeated, repeated, (a, b, c) => {
        const all = fleetTimeline([...a, ...b, ...c])
        const left = fleetTimeline([fleetTimeline([fleetTimeline(a), ...b]), ...c])
        const right = fleetTimeline([fleetTimeline(a), json(fleetTimeline([fleetTimeline(b), fleetTimeline(c)]))])

        expect(left).toEqual(all)
        expect(right).toEqual(all)
      }),
    )
  })

  it('does not change by adding nothing, or itself', () => {
    fc.assert(
      fc.property(repeated, (list) => {
        const fleet: FleetTimeline = fleetTimeline(list)

        expect(fleetTimeline([fleet, fleetTimeline([])])).toEqual(fleet)
        expect(fleetTimeline([fleet, fleet])).toEqual(fleet)
      }),
    )
  })

  it('gives the same merged state and report in parts as all at once', () => {
    fc.assert(
      fc.property(some(['a', 'b', 'c'], 1), repeated, mode, absent, (a, b, asked, gone) => {
        const parts = [fleetTimeline(b), json(fleetTimeline(a))]
        const options = { mode: asked, absent: gone }

        expect(mergeTimelines(parts, options)).toEqual(mergeTimelines([...a, ...b], options))
        expect(fleetReport(parts, options)).toEqual(fleetReport([...a, ...b], options))
      }),
    )
  })
})

describe('a merged timeline', () => {
  it('agrees with a naive computation at each millisecond', () => {
    fc.assert(
      fc.property(some(['a', 'b', 'c', 'd'], 1), mode, absent, (given, asked, gone) => {
        // Two exports of one time that contradict each other are told apart by their content alone.
        const list = [...new Map(given.map((one) => [JSON.stringify([one.observer, one.from, one.to]), one])).values()]
        const merged = mergeTimelines(list, { mode: asked, absent: gone })
        const expected = naive(list).map((all) => naiveVerdict(all, asked, gone))

        const { from, to } = span(merged)
        expect(statesOf(merged, from, to)).toEqual(expected.slice(from, to))
        const digits = [...merged.states]
        expect(digits.every((digit, index) => digit !== (digits[index - 1] ?? '4'))).toBe(true)
        expect(fleetTimeline([json(merged)]).timelines).toEqual([merged])
      }),
      { numRuns: 500 },
    )
  })

  it('of any or of all is the same if parts of it were merged before', () => {
    const nested = fc.constantFrom<('any' | 'all')[]>('any', 'all')
    fc.assert(
      fc.property(some(['a', 'b'], 1), some(['c', 'd'], 1), nested, (left, right, asked) => {
        const options = { mode: asked, observer: asked }
        const parts = [
          mergeTimelines(left, { ...options, observer: 'left' }),
          mergeTimelines(right, { ...options, observer: 'right' }),
        ]
        const { requests, ...whole } = mergeTimelines([...left, ...right], options)

        expect(mergeTimelines(parts, options)).toMatchObject(whole)
        expect(requests?.calls ?? 0).toBe(parts.reduce((sum, part) => sum + (part.requests?.calls ?? 0), 0))
      }),
    )
  })

  it('of one observer is the timeline of that one', () => {
    fc.assert(
      fc.property(timeline(['a']), mode, (one, asked) => {
        fc.pre(typeof asked === 'string' || asked.quorum === 1)
        expect(mergeTimelines([one], { mode: asked, observer: 'a' })).toEqual(fleetTimeline([one]).timelines[0])
      }),
    )
  })

  it('of more observers, or for a smaller quorum, is up at least as long and down at most as long', () => {
    fc.assert(
      fc.property(some(['a', 'b', 'c', 'd'], 1), fc.integer({ min: 1, max: 4 }), (list, quorum) => {
        const window = { from: 0, to: end }
        const report = (k: number) => timelineReport(mergeTimelines(list, { mode: { quorum: k } }), { window })
        const [easy, hard] = [report(quorum), report(quorum + 1)]

        expect(easy.uptime).toBeGreaterThanOrEqual(hard.uptime)
        expect(easy.downtime).toBeLessThanOrEqual(hard.downtime)
      }),
    )
  })

  it('is never better with one more outage', () => {
    fc.assert(
      fc.property(
        some(['a', 'b', 'c'], 1),
        fc.tuple(fc.nat(end - 1), fc.nat(end - 1)),
        mode,
        absent,
        (given, ends, asked, gone) => {
          const list = [...new Map(given.map((one) => [one.observer, one])).values()]
          const [first, ...others] = list as [ObservedTimeline, ...ObservedTimeline[]]
          const [start, stop] = [Math.min(...ends), Math.max(...ends)]
          const worse = statesOf(first, first.from, first.to).map((state, index): [State, number] => {
            const time = first.from + index
            return [time >= start && time < stop ? 'down' : (state as State), time]
          })
          const hurt = seen(first.observer, worse, span(first))
          const window = { from: 0, to: end }
          const report = (one: ObservedTimeline) => fleetReport([one, ...others], { mode: asked, absent: gone, window })
          const [before, after] = [report(first), report(hurt)]

          expect(after.service.uptime).toBeLessThanOrEqual(before.service.uptime)
          expect(after.service.downtime).toBeGreaterThanOrEqual(before.service.downtime)
          for (const [index, ratio] of after.atLeast.entries()) {
            if (ratio !== null) expect(ratio).toBeLessThanOrEqual(before.atLeast[index] ?? 1)
          }
        },
      ),
    )
  })

  it('agrees for each quorum with the report on all quorums', () => {
    const accounting = fc.record({
      degraded: fc.constantFrom<('up' | 'down' | number)[]>('up', 'down', 0.25),
      maintenance: fc.constantFrom('exclude', 'up', 'down'),
    })
    const bounds = fc.tuple(fc.integer({ min: -5, max: end + 5 }), fc.integer({ min: -5, max: end + 5 }))
    fc.assert(
      fc.property(some(['a', 'b', 'c', 'd'], 1), accounting, absent, bounds, (list, counted, gone, ends) => {
        const window = { from: Math.min(...ends), to: Math.max(...ends) }
        const options = { accounting: counted, absent: gone, window }
        const { atLeast, instances } = fleetReport(list, options)

        expect(atLeast).toHaveLength(instances.length)
        for (const [index, ratio] of atLeast.entries()) {
          expect(fleetReport(list, { ...options, mode: { quorum: index + 1 } }).service.availability).toBe(ratio)
        }
      }),
    )
  })
})

describe('a report on a timeline', () => {
  it('agrees with a naive count of every millisecond', () => {
    fc.assert(
      fc.property(timeline(['a']), fc.tuple(fc.nat(end), fc.nat(end)), (one, ends) => {
        const [from, to] = [Math.min(...ends), Math.max(...ends)]
        const said = statesOf(one, 0, to).map((state) => (state === 'absent' ? 'unknown' : state))
        // What lies under a maintenance, a timeline does not know.
        const naively = count(said, [], from, to)

        expect(timelineReport(one, { window: { from, to } })).toMatchObject({
          uptime: naively.up + naively.degraded,
          downtime: naively.down,
          degraded: naively.degraded,
          maintenance: naively.maintenance,
          unknown: naively.unknown,
          failures: naively.failures,
        })
      }),
      { numRuns: 300 },
    )
  })
})
