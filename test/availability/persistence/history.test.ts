import { type AvailabilityStore, availabilityTracker } from 'holdfast/availability'
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
  expect(faults).toEqual(failure === undefined ? [] : [failure])
  return { tracker, failure }
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
    const later = { kind: 'of a later version', seq: 50, at: 2000, time: 2000 }
    const { tracker, failure } = await loaded({
      snapshot: taken,
      records: [covered, ...records, later, { ...beat, time: 5000, seq: 60 }],
    })

    expect(failure).toBeUndefined()
    expect(tracker.timeline('x').map(({ at, state }) => [at, state])).toEqual([
      [0, 'up'],
      [5000, 'unknown'],
    ])
  })

  it('may begin in the middle, where what was before is gone', async () => {
    const { tracker } = await loaded({
      records: [said, { kind: 'gone', component: 'x', source: 7, from: 500, seq: 3, at: 1500, time: 500 }, beat],
    })

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
      records: [{ ...beat, at: 60_000, time: 60_000 }],
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
