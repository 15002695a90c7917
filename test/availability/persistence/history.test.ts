import { type AvailabilityStore, availabilityTracker, StoreError } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'

/** What a tracker says to a store that has this. */
async function loaded(history: unknown) {
  const clock = virtualClock({ wall: 1_000_000 })
  const store = { load: () => history, append() {}, snapshot() {}, close() {} } as unknown as AvailabilityStore
  const tracker = availabilityTracker({ clock, store, restartTolerance: 0 })
  const faults: unknown[] = []
  tracker.on('fault', ({ error }) => faults.push(error))
  const failure = await tracker.ready().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure !== undefined) expect(faults).toEqual([failure])
  return { tracker, failure, faults }
}

const start = { kind: 'start', version: 1, seq: 1, at: 1000, time: 0 }
const said = { kind: 'said', component: 'x', source: 1, steps: [[0, 'up']], seq: 2, at: 1000, time: 0 }
const beat = { kind: 'beat', seq: 9, at: 5000, time: 4000 }

async function good(): Promise<MemoryStore> {
  const store = new MemoryStore()
  const clock = virtualClock({ wall: 0 })
  const tracker = availabilityTracker({ clock, store, snapshotEvery: 1000, heartbeat: 1000 })
  await tracker.ready()
  tracker.component('x').up()
  await clock.advance(1500)
  return store
}

describe('what a store gives', () => {
  it.each([
    ['no object', 7, 'a history must have records, got 7'],
    ['no records', {}, 'a history must have records, got an object'],
    ['a record that is none', { records: [7] }, 'the record after number 0 is not sound'],
    ['one without a number', { records: [{ ...start, seq: 0.5 }] }, 'the record after number 0 is not sound'],
    ['numbers that do not rise', { records: [start, { ...said, seq: 1 }] }, 'the record after number 1 is not sound'],
    ['one without a time', { records: [{ ...start, time: null }] }, 'the record after number 0 is not sound'],
    ['steps of none', { records: [start, { ...said, steps: [] }] }, 'the record after number 1 is not sound'],
    [
      'steps of no state',
      { records: [start, { ...said, steps: [[0, 'fine']] }] },
      'the record after number 1 is not sound',
    ],
    ['stamps that are none', { records: [start, { ...said, stamps: {} }] }, 'the record after number 1 is not sound'],
    [
      'no sleep',
      { records: [start, { kind: 'slept', seq: 2, at: 0, time: 0 }] },
      'the record after number 1 is not sound',
    ],
    [
      'an event that is none',
      { records: [start, { kind: 'told', event: { component: 'x', state: 'fine' }, seq: 2, at: 0, time: 0 }] },
      'record 2 is not sound: availabilityTracker: state must be one of',
    ],
    ['a snapshot that is none', { snapshot: 7, records: [] }, 'the snapshot is not sound'],
    ['a snapshot of something else', { snapshot: { version: 1 }, records: [] }, 'the snapshot is not sound'],
  ])('is refused with %s', async (_, history, message) => {
    const { failure } = await loaded(history)
    expect(failure).toMatchObject({ name: 'StoreError', code: 'HF_STORE_DAMAGED', path: undefined, line: undefined })
    expect((failure as Error).message).toContain(message)
  })

  it('is refused with a snapshot whose history is broken', async () => {
    const { taken } = await good()
    const { failure } = await loaded({ snapshot: { ...taken, history: { ...taken?.history, at: 'now' } }, records: [] })
    expect(String(failure)).toBe(
      'StoreError: availabilityTracker: the snapshot must have an availability snapshot of version 1',
    )
  })

  it('is refused where it is of another version', async () => {
    const { taken } = await good()
    for (const history of [
      { records: [{ ...start, version: 2 }] },
      { snapshot: { ...taken, version: 2 }, records: [] },
    ]) {
      expect((await loaded(history)).failure).toMatchObject({ code: 'HF_STORE_VERSION' })
    }
  })

  it('may have kinds of records that are not known, and records the snapshot covers', async () => {
    const { taken, records } = await good()
    const covered = { kind: 'told', event: {}, seq: 1, at: 0, time: 0 }
    const seq = records.at(-1)?.seq ?? taken?.seq ?? 0
    const later = { kind: 'of a later version', seq: seq + 1, at: 2000, time: 2000 }
    const { tracker, failure, faults } = await loaded({
      snapshot: taken,
      records: [covered, ...records, later, { ...beat, time: 5000, seq: seq + 2 }],
    })

    expect(failure).toBeUndefined()
    expect(faults).toEqual([])
    expect(tracker.timeline('x').map(({ at, state }) => [at, state])).toEqual([
      [0, 'up'],
      [5000, 'unknown'],
    ])
  })

  it('may begin in the middle, where earlier records are lost', async () => {
    const { tracker, faults } = await loaded({
      records: [
        said,
        { kind: 'gone', component: 'x', source: 7, from: 500, seq: 3, at: 1500, time: 500 },
        { ...beat, seq: 4 },
      ],
    })

    expect(faults).toMatchObject([{ code: 'HF_STORE_DAMAGED', lost: { from: 1, records: 1, lines: 0, bytes: 0 } }])
    expect(String(faults[0])).toContain('record 1 is missing in what the store has')

    expect(tracker.timeline('x').map(({ at, state }) => [at, state])).toEqual([
      [1000, 'up'],
      [5000, 'unknown'],
    ])
  })

  it('may speak of logs in its snapshot that are not there', async () => {
    const { taken } = await good()
    const { tracker, failure } = await loaded({
      snapshot: {
        ...taken,
        sources: [
          ['x', 9, 1],
          ['y', 0, 2],
        ],
        carried: [
          ['x', 9],
          ['y', 0],
        ],
      },
      records: [{ ...beat, seq: (taken?.seq ?? 0) + 1, at: 60_000, time: 60_000 }],
    })

    expect(failure).toBeUndefined()
    expect(tracker.timeline('x').map(({ state }) => state)).toEqual(['up', 'unknown'])
  })

  it('may be nothing at all', async () => {
    const { tracker, failure } = await loaded(undefined)
    expect(failure).toBeUndefined()
    expect(tracker.persistence).toMatchObject({ loaded: true })
  })
})

describe('records that are missing', () => {
  const up = (seq: number, at: number, state = 'up') => ({
    kind: 'told',
    event: { component: 'x', state, time: at },
    seq,
    at: 1000 + at,
    time: at,
  })
  const states = ({ tracker }: Awaited<ReturnType<typeof loaded>>) =>
    tracker.timeline('x').map(({ at, state, reason }) => [at, state, reason])

  it('between others are reported, and leave the time from the one before them unknown up to the next news', async () => {
    const given = await loaded({
      records: [start, up(2, 1000), up(6, 5000, 'down'), { ...beat, seq: 7, at: 10_000, time: 9000 }],
    })

    expect(given.faults).toMatchObject([{ code: 'HF_STORE_DAMAGED', lost: { from: 3, records: 3 } }])
    expect(String(given.faults[0])).toContain('records 3 to 5 are missing')
    expect(states(given)).toEqual([
      [2000, 'up', null],
      [2001, 'unknown', 'records lost'],
      [6000, 'down', null],
      [10_000, 'unknown', 'tracker gone'],
    ])
  })

  it('are not bridged, however short the time', async () => {
    const lost = [start, up(2, 1000), { ...beat, seq: 4, at: 2500, time: 1500 }]
    const clock = virtualClock({ wall: 5000 })
    const seen = (records: unknown, seq?: number) => {
      const store = { load: () => ({ records, seq }), append() {}, snapshot() {}, close() {} }
      return availabilityTracker({ clock, store: store as unknown as AvailabilityStore, restartTolerance: '1h' })
    }
    for (const tracker of [seen(lost), seen(lost.slice(0, 2), 3)]) {
      tracker.on('fault', () => {})
      await tracker.ready()
      expect(tracker.timeline('x').at(-1)).toMatchObject({ at: 2001, state: 'unknown', reason: 'records lost' })
    }
    const whole = seen(lost.slice(0, 2))
    await whole.ready()
    expect(whole.timeline('x').at(-1)).toMatchObject({ at: 2000, state: 'up' })
  })

  it('at the end are known by the last number that was given, which is not given again', async () => {
    const store = new MemoryStore()
    store.records = [start, up(2, 1000)] as never
    const load = store.load.bind(store)
    store.load = async () => ({ records: [], ...(await load()), seq: 5 })
    const clock = virtualClock({ wall: 5000 })
    const tracker = availabilityTracker({ clock, store })
    const faults: unknown[] = []
    tracker.on('fault', ({ error }) => faults.push(error))
    await tracker.ready()
    await clock.advance(100)

    expect(faults).toMatchObject([{ lost: { from: 3, records: 3 } }])
    // A snapshot makes up for them at once: its history is whole.
    expect(store.calls).toEqual(['load', 'append', 'snapshot'])
    expect(store.taken?.seq).toBe(6)
    expect(store.records).toEqual([])
  })

  it('are reported once, by the store if it knows more', async () => {
    const error = new StoreError('two lines are bad', 'HF_STORE_DAMAGED', {
      lost: { from: 2, records: 2, lines: 2, bytes: 90 },
    })
    expect((await loaded({ records: [start], seq: 3, faults: [error] })).faults).toEqual([error])
    expect((await loaded({ records: [start], seq: 3, faults: ['another'] })).faults).toHaveLength(2)
  })

  it('cannot be fewer than none', async () => {
    for (const seq of [0, 1.5, '3', null]) {
      const { failure } = await loaded({ records: [start], seq })
      expect(String(failure)).toContain('availabilityTracker: the last number must be an integer >= 1, got')
    }
  })

  it('before a restart leave the time up to it unknown', async () => {
    const given = await loaded({
      records: [
        start,
        up(2, 1000),
        { ...start, seq: 4, at: 2500, time: 7000 },
        { ...beat, seq: 5, at: 3000, time: 7500 },
      ],
    })
    expect(states(given)).toEqual([
      [2000, 'up', null],
      [2001, 'unknown', 'records lost'],
    ])
  })
})
