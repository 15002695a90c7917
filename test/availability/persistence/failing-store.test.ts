import { type AvailabilityStore, availabilityTracker, StoreError } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { MemoryStore } from './memory-store.ts'

const never = () => new Promise<void>(() => {})

function begun(store: AvailabilityStore, options = {}) {
  const clock = virtualClock({ wall: 0 })
  const tracker = availabilityTracker({ clock, store, restartTolerance: 0, ...options })
  const faults: string[] = []
  tracker.on('fault', ({ source, error }) => faults.push(`${source}: ${(error as Error).message}`))
  return { clock, tracker, faults, x: tracker.component('x') }
}

/** What a tracker that starts an hour later makes of what the store has. */
async function afterwards(store: MemoryStore, component = 'x') {
  const clock = virtualClock({ wall: 3_600_000 })
  const tracker = availabilityTracker({ clock, store: new MemoryStore(store), restartTolerance: 0 })
  await tracker.ready()
  return tracker.timeline(component).map(({ at, state }) => [at, state])
}

describe('a store that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no store')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no store'))],
  ])('%s: no call notices, and it is tried again after growing waits', async (_, fail) => {
    const store = new MemoryStore()
    store.before.append = fail
    const { clock, tracker, faults } = begun(store)
    const breaker = circuitBreaker({ name: 'db', clock })
    tracker.watch(breaker)
    expect(await breaker.execute(() => 'fine')).toBe('fine')
    expect(faults).toEqual([])
    await clock.advance(60_000)

    // At once, then 1, 3, 7, 15 and 31 s later.
    expect(faults).toEqual(Array(6).fill('store: no store'))
    expect(tracker.persistence).toMatchObject({ loaded: true, failing: true, lost: 0, written: 0, lastWrittenAt: null })
    store.before.append = () => {}
    await clock.advance(4000)
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0, lost: 0, lastWrittenAt: 63_000 })
    expect(await afterwards(store, 'db')).toEqual([
      [0, 'up'],
      [60_000, 'unknown'],
    ])
  })

  it('waits a minute at most', async () => {
    const store = new MemoryStore()
    store.before.load = () => Promise.reject(new Error('not yet'))
    const { clock, faults } = begun(store)
    await clock.advance('1h')
    expect(faults).toHaveLength(6 + 59)
  })

  it('warns once if there is no listener', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const store = new MemoryStore()
    store.before.append = () => Promise.reject(new Error('no store'))
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, store })
    await clock.advance('1m')

    expect(warned).toHaveBeenCalledTimes(1)
    warned.mockRestore()
    tracker.close()
    await tracker.closed
  })

  it('while loading rejects for its waiters, and is tried again', async () => {
    const store = new MemoryStore()
    store.before.load = () => Promise.reject(new Error('not yet'))
    const { clock, tracker, x, faults } = begun(store)
    await expect(tracker.ready()).rejects.toThrow('not yet')
    await expect(tracker.flush()).rejects.toThrow('not yet')
    x.up()
    expect(tracker.report({ component: 'x' }).state).toBe('up')
    store.before.load = () => {}
    await clock.advance(5000)
    await tracker.ready()
    await clock.advance(10_000)

    expect(faults).toHaveLength(2)
    expect((await afterwards(store))[0]).toEqual([0, 'up'])
  })

  it('may have got over something, and say so', async () => {
    const store = new MemoryStore()
    store.faults = ['a bad line']
    const { tracker } = begun(store)
    const faults: unknown[] = []
    tracker.on('fault', ({ source, error }) => faults.push([source, error]))
    await tracker.ready()

    expect(faults).toEqual([['store', 'a bad line']])
  })
})

describe('a store that does not answer', () => {
  it('is reported after ten seconds, and gets no further call', async () => {
    const store = new MemoryStore()
    let answer = (): void => {}
    store.before.append = () =>
      new Promise<void>((resolve) => {
        answer = resolve
      })
    const { clock, tracker, faults, x } = begun(store)
    x.up()
    const flushed = tracker.flush().catch((error) => error)
    await clock.advance(9999)
    expect(faults).toEqual([])
    await clock.advance(60_000)
    expect(await flushed).toMatchObject({ name: 'StoreError', code: 'HF_STORE_SILENT' })
    expect(faults).toEqual(['store: availabilityTracker: the store does not answer'])
    expect(store.calls).toEqual(['load', 'append'])
    expect(tracker.persistence).toMatchObject({ failing: true })
    store.before.append = () => {}
    answer()
    await tracker.flush()

    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0 })
    expect((await afterwards(store))[0]).toEqual([0, 'up'])
  })

  it('does not hold up those who wait for the end', async () => {
    const store = new MemoryStore()
    let answer = (): void => {}
    store.before.append = () =>
      new Promise<void>((resolve) => {
        answer = resolve
      })
    store.before.close = never
    const { clock, tracker, faults, x } = begun(store)
    await tracker.ready()
    x.up()
    tracker.close()
    await clock.advance(9999)
    const ended = vi.fn()
    tracker.closed.then(ended)
    await clock.advance(1)
    // Then it is asked to close, and does not answer that either.
    expect(store.calls).toEqual(['load', 'append', 'close'])
    expect(ended).not.toHaveBeenCalled()
    await clock.advance(10_000)
    expect(ended).toHaveBeenCalled()
    answer()
    await clock.advance(10_000)
    expect(faults).toHaveLength(2)
    expect(tracker.persistence).toMatchObject({ written: 0, failing: true })
    expect(clock.pending).toBe(0)
  })
})

describe('a store that has not answered for too long', () => {
  it.each(['load', 'append', 'snapshot'] as const)(
    'a %s, does not hold up a close that comes only then',
    async (method) => {
      const store = new MemoryStore()
      store.before[method] = never
      const { clock, tracker, x } = begun(store, { snapshotEvery: '1m' })
      x.up()
      await clock.advance('5m')
      expect(tracker.persistence?.failing).toBe(true)
      const ended = vi.fn()
      tracker.close()
      tracker.closed.then(ended)
      await clock.advance(0)

      expect(store.calls.at(-1)).toBe('close')
      expect(ended).toHaveBeenCalled()
      expect(clock.pending).toBe(0)
    },
  )
})

describe('a buffer that is full', () => {
  it('loses the records that come then, says so once, and makes up for them by a snapshot', async () => {
    const store = new MemoryStore()
    store.before.append = () => Promise.reject(new Error('full'))
    const { clock, tracker, faults, x } = begun(store, { buffer: 4 })
    await tracker.ready()
    for (const state of ['up', 'down', 'up', 'degraded', 'up'] as const) {
      await clock.advance(2)
      x[state]()
    }
    expect(faults).toContainEqual(expect.stringContaining('4 records wait for the store, and no more can'))
    // The beginning of the tracker is a record, too.
    expect(tracker.persistence).toMatchObject({ pending: 4, lost: 2 })
    await clock.advance(500)
    store.before.append = () => {}
    await clock.advance(60_000)

    expect(tracker.persistence).toMatchObject({ pending: 0, lost: 0, failing: false })
    expect(store.calls).toContain('snapshot')
    expect(faults.filter((fault) => fault.includes('no more can'))).toHaveLength(1)
    expect(await afterwards(store)).toEqual([
      [2, 'up'],
      [4, 'down'],
      [6, 'up'],
      [8, 'degraded'],
      [10, 'up'],
      [60_000, 'unknown'],
    ])
  })

  it('shows the numbers of those that are lost, until then', async () => {
    const store = new MemoryStore()
    let open = (): void => {}
    store.before.append = () =>
      new Promise<void>((resolve) => {
        open = resolve
      })
    store.before.snapshot = () => Promise.reject(new Error('too big'))
    const { clock, tracker, faults, x } = begun(store, { buffer: 2 })
    await tracker.ready()
    x.up()
    await clock.advance(10)
    x.down()
    x.up()
    store.before.append = () => {}
    open()
    await clock.advance(20)
    x.degraded()
    await expect(tracker.flush()).rejects.toThrow('too big')
    await clock.advance(20_000)

    expect(tracker.persistence).toMatchObject({ lost: 2, failing: true, pending: 0 })
    expect(store.records.filter(({ kind }) => kind !== 'beat').map(({ seq }) => seq)).toEqual([1, 2, 5])
    expect(faults.at(-1)).toBe('store: too big')
    store.before.snapshot = () => {}
    await tracker.flush()
    expect(tracker.persistence).toMatchObject({ lost: 0, failing: false })
    expect((await afterwards(store)).map(([, state]) => state)).toEqual(['up', 'degraded', 'unknown'])
  })

  it('is filled by beats with no more than one', async () => {
    const store = new MemoryStore()
    store.before.append = () => Promise.reject(new Error('full'))
    const { clock, tracker } = begun(store)
    await clock.advance('1d')

    expect(tracker.persistence).toMatchObject({ pending: 2, lost: 0 })
  })

  it('gives no number again that a lost record had', async () => {
    const store = new MemoryStore()
    store.before.append = () => Promise.reject(new Error('full'))
    store.before.snapshot = () => Promise.reject(new Error('full'))
    const { clock, tracker, x } = begun(store, { buffer: 2 })
    await clock.advance(10_000)
    x.up()
    expect(tracker.persistence).toMatchObject({ pending: 2, lost: 1 })
    await clock.advance(10_000)
    expect(tracker.persistence).toMatchObject({ pending: 2, lost: 1 })
    store.before.append = () => {}
    store.before.snapshot = () => {}
    await clock.advance(60_000)

    // The start, the beat that is gone, what was lost, and the beat after it.
    expect(store.taken?.seq).toBeGreaterThanOrEqual(4)
    expect(await afterwards(store)).toMatchObject([
      [10_000, 'up'],
      [expect.any(Number), 'unknown'],
    ])
  })
})

describe('snapshots', () => {
  it('are taken from time to time, and take the place of the records before', async () => {
    const store = new MemoryStore()
    const { clock, tracker, x } = begun(store, { snapshotEvery: '1m', heartbeat: '20s' })
    x.up()
    await clock.advance(59_000)
    expect(store.taken).toBeUndefined()
    await clock.advance(1500)
    expect(store.taken).toMatchObject({ seq: 5, history: { version: 1 } })
    expect(store.records).toEqual([])
    x.down()
    await tracker.flush()
    await clock.advance('10m')
    expect(store.calls.filter((call) => call === 'snapshot')).toHaveLength(11)
    expect(await afterwards(store)).toEqual([
      [0, 'up'],
      [60_500, 'down'],
      [660_010, 'unknown'],
    ])
  })

  it('are taken after ten thousand records', async () => {
    const store = new MemoryStore()
    const { clock, tracker, x } = begun(store, { buffer: 20_000 })
    await tracker.ready()
    for (let count = 0; count < 5000; count++) {
      await (count % 500 === 0 ? clock.advance(1) : undefined)
      x.up({ at: count / 10 })
      x.down({ at: count / 10 + 0.05 })
    }
    await clock.advance(50)

    expect(store.taken).toMatchObject({ seq: 10_001 })
    expect(store.records).toEqual([])
  })

  it('that fail hold up no record', async () => {
    const store = new MemoryStore()
    store.before.snapshot = () => Promise.reject(new Error('too big'))
    const { clock, tracker, faults, x } = begun(store, { snapshotEvery: '1s', heartbeat: '1s' })
    await tracker.ready()
    await clock.advance(5000)
    x.up()
    await tracker.flush()

    expect(store.records.at(-1)).toMatchObject({ kind: 'told' })
    // At 1 s, and 1 and 2 s later: each with the next beat.
    expect(faults.length).toBeGreaterThanOrEqual(2)
    expect(faults.length).toBeLessThanOrEqual(3)
    expect(tracker.persistence).toMatchObject({ failing: true })
  })

  it('that cannot even be made are a fault like any other', async () => {
    const store = new MemoryStore()
    const { clock, tracker, faults, x } = begun(store, { snapshotEvery: '1s', heartbeat: '1s' })
    await tracker.ready()
    tracker.on('outageStart', () => {})
    x.up()
    store.snapshot = () => {
      throw new Error('not now')
    }
    await clock.advance(1100)
    expect(faults).toEqual(['store: not now'])
  })
})

describe('flush', () => {
  it('asks a store that has one for a sync, when all is appended', async () => {
    const store = Object.assign(new MemoryStore(), { sync: async (): Promise<void> => void store.calls.push('sync') })
    const { tracker, x } = begun(store)
    x.up()
    await tracker.flush()
    expect(store.calls).toEqual(['load', 'append', 'sync'])
    await tracker.flush()
    expect(store.calls).toEqual(['load', 'append', 'sync'])
    x.down()
    await Promise.all([tracker.flush(), tracker.flush()])
    expect(store.calls).toEqual(['load', 'append', 'sync', 'append', 'sync'])
  })

  it('needs no clock before, and takes the real one', async () => {
    const store = new MemoryStore()
    const tracker = availabilityTracker({ store })
    expect(store.calls).toEqual([])
    await tracker.flush()
    await tracker.ready()
    expect(store.records).toMatchObject([{ seq: 1, kind: 'start', version: 1 }])
    tracker.close()
    await tracker.closed
  })
})

describe('close', () => {
  it('writes what is left, says that it was closed, and closes the store; once', async () => {
    const store = new MemoryStore()
    const { clock, tracker, x } = begun(store)
    const breaker = circuitBreaker({ name: 'db', clock })
    tracker.watch(breaker)
    await breaker.execute(async () => 'fine')
    x.up()
    const { closed } = tracker
    tracker.close()
    tracker.close()
    x.down()
    await closed
    await tracker.closed

    expect(store.calls).toEqual(['load', 'append', 'close'])
    expect(store.records.map(({ kind }) => kind)).toEqual(['start', 'said', 'told', 'stopped'])
    await expect(tracker.flush()).resolves.toBeUndefined()
    await expect(tracker.ready()).resolves.toBeUndefined()
    expect(clock.pending).toBe(0)
  })

  it('before there was anything closes the store, too', async () => {
    const store = new MemoryStore()
    const tracker = availabilityTracker({ store })
    tracker.close()
    await tracker.closed
    await expect(tracker.ready()).rejects.toMatchObject({ code: 'HF_STORE_CLOSED' })
    expect(store.calls.filter((call) => call !== 'close')).toEqual([])
  })

  it('tries a store that fails once more, and no longer', async () => {
    const store = new MemoryStore()
    store.before.append = () => Promise.reject(new Error('no store'))
    store.before.close = () => Promise.reject(new Error('nor this'))
    const { clock, tracker, faults, x } = begun(store)
    await tracker.ready()
    x.up()
    tracker.close()
    await tracker.closed

    expect(faults).toEqual(['store: no store', 'store: nor this'])
    await expect(tracker.flush()).rejects.toBeInstanceOf(StoreError)
    expect(clock.pending).toBe(0)
  })

  it('while the store is busy comes after that', async () => {
    const store = new MemoryStore()
    let loaded = (): void => {}
    store.before.load = () =>
      new Promise<void>((resolve) => {
        loaded = resolve
      })
    const { tracker, x } = begun(store)
    x.up()
    tracker.close()
    expect(store.calls).toEqual(['load'])
    loaded()
    await tracker.closed
    expect(store.calls).toEqual(['load', 'append', 'close'])
    expect(store.records.map(({ kind }) => kind)).toEqual(['start', 'told', 'stopped'])
  })

  it('needs nothing to wait for without a store', async () => {
    const tracker = availabilityTracker({ clock: virtualClock() })
    await tracker.ready()
    await tracker.flush()
    await tracker.closed
    expect(tracker.persistence).toBeNull()
  })
})

describe('the options of a store', () => {
  it('are checked', () => {
    const made = (options: object) => () => availabilityTracker(options)
    const store = new MemoryStore()
    for (const wrong of [7, null, {}, { load() {}, append() {}, snapshot() {} }]) {
      expect(made({ store: wrong })).toThrow('availabilityTracker: store must be a store: an object with load')
    }
    expect(made({ store, heartbeat: 0 })).toThrow('availabilityTracker: heartbeat must be a duration > 0, got 0')
    expect(made({ store, buffer: 0 })).toThrow('availabilityTracker: buffer must be an integer >= 1, got 0')
    expect(made({ store, snapshotEvery: -1 })).toThrow('snapshotEvery must be a duration > 0, got -1')
    const restore = availabilityTracker({ clock: virtualClock() }).snapshot()
    expect(made({ store, restore })).toThrow('availabilityTracker: restore must be left out where there is a store')
  })
})
