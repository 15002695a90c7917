import type { ComponentState as State } from 'holdfast/availability'
import { type MergeMode, mergeTimelines, timelineReport } from 'holdfast/fleet'
import { describe, expect, it } from 'vitest'
import { seen, statesOf } from './fixture.ts'

const all = ['up', 'degraded', 'down', 'maintenance', 'unknown'] as const

/** The verdict on observers that say one thing all the time. */
function verdict(said: readonly State[], mode: MergeMode, options = {}): State | 'absent' | undefined {
  const timelines = said.map((state, index) => seen(`web-${index}`, [[state, 0]]))
  return statesOf(mergeTimelines(timelines, { mode, ...options }), 0, 100)[50]
}

describe('a quorum', () => {
  it.each([
    [['up', 'up', 'down'], 2, 'up'],
    [['up', 'down', 'down'], 2, 'down'],
    [['up', 'down', 'unknown'], 2, 'unknown'],
    [['up', 'unknown', 'unknown'], 2, 'unknown'],
    [['down', 'down', 'unknown'], 2, 'down'],
    [['up', 'degraded', 'down'], 2, 'degraded'],
    [['up', 'degraded', 'unknown'], 2, 'degraded'],
    [['up', 'up', 'degraded'], 2, 'up'],
    [['up', 'maintenance', 'down'], 2, 'maintenance'],
    [['down', 'maintenance', 'down'], 2, 'down'],
    [['up', 'maintenance', 'unknown'], 2, 'unknown'],
    [['maintenance', 'maintenance', 'unknown'], 2, 'maintenance'],
    [['down', 'maintenance', 'unknown'], 2, 'unknown'],
  ] as const)('of %j is, for %i of them, %s', (said, quorum, expected) => {
    expect(verdict(said, { quorum })).toBe(expected)
  })

  it.each([['down', 'maintenance', 'unknown', 'degraded', 'up']])(
    'of one takes the best state, in order',
    (...order) => {
      for (const one of all) {
        for (const other of all) {
          const best = order[Math.max(order.indexOf(one), order.indexOf(other))]
          expect(verdict([one, other], 'any'), `${one}, ${other}`).toBe(best)
        }
      }
    },
  )

  it.each([['down', 'unknown', 'maintenance', 'degraded', 'up']])(
    'of all takes the worst state, in order',
    (...order) => {
      for (const one of all) {
        for (const other of all) {
          const worst = order[Math.min(order.indexOf(one), order.indexOf(other))]
          expect(verdict([one, other], 'all'), `${one}, ${other}`).toBe(worst)
        }
      }
    },
  )

  it('above the number of observers is down, and unknown if more are expected', () => {
    expect(verdict(['up', 'up'], { quorum: 3 })).toBe('down')
    expect(verdict(['up', 'up'], { quorum: 3 }, { expected: 3 })).toBe('unknown')
    expect(verdict(['up', 'down'], { quorum: 3 }, { expected: 3 })).toBe('down')
    expect(verdict(['up', 'up'], 'all', { expected: 3 })).toBe('unknown')
    expect(verdict(['up', 'up'], 'majority', { expected: 3 })).toBe('up')
    expect(verdict(['up', 'up'], 'majority', { expected: 1 })).toBe('up')
  })
})

describe('several observers of one component', () => {
  // One of them loses its network from 40 to 60; the component is down from 50 to 55.
  const sight = seen('a', [
    ['up', 0],
    ['down', 50],
    ['up', 55],
  ])
  const blind = seen('b', [
    ['up', 0],
    ['down', 40],
    ['up', 60],
  ])
  const third = { ...sight, observer: 'c' }

  it.each([
    ['any', 0.95],
    ['majority', 0.95],
    ['all', 0.8],
  ] as const)('are believed by %s', (mode, availability) => {
    const merged = mergeTimelines([sight, blind, third], { mode })

    expect(timelineReport(merged).availability).toBe(availability)
    expect(merged).toMatchObject({ component: 'stock', observer: `${mode}(a, b, c)`, from: 0, to: 100 })
  })

  it('count once each, however often an export arrives', () => {
    const once = mergeTimelines([sight, blind, third], { mode: 'majority' })

    expect(mergeTimelines([blind, sight, blind, third, blind], { mode: 'majority' })).toEqual(once)
  })
})

describe('an observer with several timelines', () => {
  const early = seen('a', [['up', 0]], { to: 50, requests: { calls: 10, first: 9, delivered: 10 } })

  it('uses the later export where two overlap', () => {
    const late = seen('a', [['down', 10]], { from: 10, to: 70, requests: { calls: 30, first: 20, delivered: 25 } })
    const merged = mergeTimelines([late, early], { mode: 'any' })

    expect(merged).toMatchObject({ from: 0, to: 70, steps: [0, 10], states: '02' })
    expect(merged.requests).toEqual({ calls: 30, first: 20, delivered: 25 })
  })

  it('is absent between two processes, and the sum of their calls counts', () => {
    const next = seen('a', [['up', 80]], { from: 80, requests: { calls: 5, first: 5, delivered: 5 } })
    const merged = mergeTimelines([early, next], { mode: 'any' })

    expect(merged).toMatchObject({ from: 0, to: 100, steps: [0, 50, 30], states: '040' })
    expect(merged.requests).toEqual({ calls: 15, first: 14, delivered: 15 })
  })

  it('uses only the last timeline if it covers all before it', () => {
    const later = seen('a', [['degraded', 0]], { to: 60 })

    expect(mergeTimelines([later, early], { mode: 'any' })).toMatchObject({ steps: [0], states: '1', requests: null })
  })

  it.each([
    [seen('a', [['up', 0]]), seen('a', [['down', 0]])],
    [seen('a', [['up', 0]]), seen('a', [['up', 0]], { requests: { calls: 1, first: 1, delivered: 1 } })],
  ])('that contradicts itself is believed the same way, whatever comes first', (one, other) => {
    const mode = 'any'

    expect(mergeTimelines([one, other], { mode })).toEqual(mergeTimelines([other, one], { mode }))
    expect(mergeTimelines([one, other], { mode }).steps).toHaveLength(1)
  })
})

describe('observers that come and go', () => {
  const old = seen('old', [['up', 0]], { to: 60 })
  const fresh = seen(
    'fresh',
    [
      ['down', 40],
      ['up', 50],
    ],
    { from: 40, to: 90 },
  )
  const last = seen('last', [['up', 95]], { from: 95, to: 100 })

  it('are unknown while they are absent', () => {
    expect(mergeTimelines([old, fresh, last], { mode: { quorum: 2 } })).toMatchObject({
      steps: [50, 10],
      states: '04',
      from: 0,
      to: 100,
    })
  })

  it('do not count while they are absent, if the absent are ignored', () => {
    const merged = mergeTimelines([old, fresh, last], { mode: 'all', absent: 'ignore', expected: 5 })

    expect(merged).toMatchObject({ steps: [0, 40, 10, 40, 5], states: '02040' })
  })

  it('cannot make a quorum larger than those present, if the absent are ignored', () => {
    const merged = mergeTimelines([old, fresh, last], { mode: { quorum: 2 }, absent: 'ignore' })

    expect(merged).toMatchObject({ steps: [0, 50, 10, 30, 5], states: '20242' })
  })
})

describe('the merged timeline', () => {
  it('has the name it is given', () => {
    const one = seen('mon', [], { component: 'db-1' })
    const other = seen('mon', [], { component: 'db-2' })

    expect(mergeTimelines([one, other], { mode: { quorum: 1 } })).toMatchObject({
      component: 'db-1, db-2',
      observer: 'quorum 1(mon)',
    })
    expect(mergeTimelines([one, other], { mode: 'any', component: 'db', observer: 'zone-a' })).toMatchObject({
      component: 'db',
      observer: 'zone-a',
    })
  })

  it('can be merged again: a majority of zones that each have a majority', () => {
    const zones = ['a', 'b', 'c'].map((zone, index) => {
      const down = seen(`${zone}-1`, [['down', 0]])
      const half = seen(`${zone}-2`, [
        ['up', 0],
        ['down', 10 * (index + 1)],
      ])
      return mergeTimelines([down, half], { mode: 'any', observer: zone })
    })

    expect(mergeTimelines(zones, { mode: 'majority' })).toMatchObject({ steps: [0, 20], states: '02' })
  })

  it('has a transition only where the merged state changes', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      seen(`web-${index}`, [
        ['up', index],
        ['down', 50 + index],
      ]),
    )

    expect(mergeTimelines(many, { mode: 'majority' })).toMatchObject({ steps: [4, 50], states: '02' })
  })
})

describe('wrong options', () => {
  it.each([
    [{}, "mergeTimelines: mode must be 'any', 'all', 'majority' or { quorum: an integer >= 1 }, got undefined"],
    [{ mode: 'mean' }, 'got "mean"'],
    [{ mode: { quorum: 0 } }, 'got an object'],
    [{ mode: { quorum: 1.5 } }, 'got an object'],
    [{ mode: { quorum: 1, of: 3 } }, 'got an object'],
    [{ mode: 'any', absent: 'down' }, "mergeTimelines: absent must be one of 'unknown', 'ignore', got \"down\""],
    [{ mode: 'any', expected: -1 }, 'mergeTimelines: expected must be an integer >= 0, got -1'],
    [{ mode: 'any', observer: '' }, 'mergeTimelines: observer must be a non-empty string, got ""'],
    [{ mode: 'any', absend: 'ignore' }, 'mergeTimelines: "absend" is not an option, did you mean absent?'],
  ])('%j are refused', (options, message) => {
    expect(() => mergeTimelines([seen('a', [])], options as never)).toThrow(message)
  })

  it('and an empty list are refused', () => {
    expect(() => mergeTimelines([], { mode: 'any' })).toThrow(
      'mergeTimelines: timelines must be at least one timeline, got an array',
    )
    expect(() => mergeTimelines('a' as never, { mode: 'any' })).toThrow(
      'mergeTimelines: timelines must be an array, got "a"',
    )
  })
})
