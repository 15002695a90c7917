/** Files that somebody else moves, cuts or writes while a store has them open. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availabilityTracker, type StoreError, type StoreSnapshot } from 'holdfast/availability'
import { fileStore } from 'holdfast/file'
import { virtualClock } from 'holdfast/testing'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-changed-')))
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
let folder: string
let path: string
beforeEach(() => {
  folder = join(root, `${++count}`)
  mkdirSync(folder)
  path = join(folder, 'log')
})

async function begun(options: Parameters<typeof fileStore>[1] = {}) {
  const clock = virtualClock({ wall: 0 })
  const tracker = availabilityTracker({ clock, store: fileStore(path, { clock, ...options }) })
  const faults: StoreError[] = []
  tracker.on('fault', ({ error }) => faults.push(error as StoreError))
  await tracker.ready()
  tracker.component('x').up()
  await tracker.flush()
  await clock.advance(1000)
  const close = async (): Promise<void> => {
    tracker.close()
    await tracker.closed
  }
  return { clock, tracker, faults, close }
}

async function known(): Promise<{ readonly states: readonly string[]; readonly faults: readonly unknown[] }> {
  const tracker = availabilityTracker({ clock: virtualClock({ wall: 3_000_000 }), store: fileStore(path) })
  const faults: unknown[] = []
  tracker.on('fault', ({ error }) => faults.push(error))
  await tracker.ready()
  const states = tracker.timeline('x').map(({ state }) => state)
  tracker.close()
  await tracker.closed
  return { states, faults }
}

const copies = (): readonly string[] => readdirSync(folder).filter((name) => name.includes('.damaged-'))

describe('a log that is', () => {
  it.each([
    ['renamed', () => renameSync(path, `${path}.1`), []],
    ['removed', () => rmSync(path), []],
    ['emptied', () => truncateSync(path), []],
    ['cut in the middle', () => truncateSync(path, 80), ['log.damaged-1']],
    ['written by another', () => appendFileSync(path, 'more\n'), ['log.damaged-1']],
    [
      'replaced',
      () => {
        rmSync(path)
        writeFileSync(path, 'another')
      },
      ['log.damaged-1'],
    ],
  ])('%s is reported once, and written again with all that is known', async (_, change, kept) => {
    const { clock, tracker, faults, close } = await begun()
    change()
    tracker.component('x').down()
    await expect(tracker.flush()).rejects.toMatchObject({ code: 'HF_STORE_DAMAGED', path })
    expect(faults).toMatchObject([{ lost: { from: 1, records: 2, lines: 0, bytes: 0 } }])
    expect(`${faults[0]}`).toContain(`${path} was moved, replaced, truncated or written by another process: a snapshot`)
    await tracker.flush()
    await clock.advance(10)
    tracker.component('x').degraded()
    await tracker.flush()
    await clock.advance(1000)
    expect(faults).toHaveLength(1)
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0 })
    expect(copies()).toEqual(kept)
    await close()

    expect(await known()).toEqual({ states: ['up', 'down', 'degraded', 'unknown'], faults: [] })
  })

  it('missing or empty when a snapshot or only a sync is due is reported, too', async () => {
    const store = fileStore(path)
    await store.load()
    await store.append([{ seq: 1, at: 1, time: 1, kind: 'beat' }])
    rmSync(path)
    const taken = { format: 'holdfast.availability.store', version: 1, seq: 1 } as unknown as StoreSnapshot
    await expect(store.snapshot(taken)).rejects.toMatchObject({ lost: { from: 1, records: 1 } })
    await store.snapshot(taken)
    await store.close()
    expect(await store.load()).toMatchObject({ snapshot: taken, records: [], faults: [] })
    await store.close()
    rmSync(`${path}.snapshot`)
    rmSync(path)

    const second = await begun({ durability: 'interval', syncEvery: '1h' })
    second.tracker.component('x').down()
    await second.clock.advance(100)
    await vi.waitFor(() => expect(second.tracker.persistence?.pending).toBe(0))
    truncateSync(path)
    await expect(second.tracker.flush()).rejects.toMatchObject({ code: 'HF_STORE_DAMAGED' })
    await second.tracker.flush()
    await second.close()
    expect((await known()).faults).toEqual([])
  })

  it('in a removed folder cannot be written again before the folder is back', async () => {
    const { tracker, faults, close } = await begun()
    renameSync(folder, `${folder}-moved`)
    tracker.component('x').down()
    await expect(tracker.flush()).rejects.toThrow()
    await expect(tracker.flush()).rejects.toThrow()
    expect(faults.length).toBeGreaterThan(0)
    mkdirSync(folder)
    let tries = 0
    while (
      tries++ < 5 &&
      !(await tracker.flush().then(
        () => true,
        () => false,
      ))
    );
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0 })
    await close()
    expect((await known()).states.at(-2)).toBe('down')
  })
})

describe('a snapshot that another process wrote beside a changed log', () => {
  it('is kept aside before it is overwritten', async () => {
    const { clock, tracker, close } = await begun()
    rmSync(path)
    writeFileSync(`${path}.snapshot`, 'of another process')
    tracker.component('x').down()
    await expect(tracker.flush()).rejects.toThrow()
    await tracker.flush()
    expect(readFileSync(`${path}.snapshot.damaged-1`, 'utf8')).toBe('of another process')
    // Its own is not.
    rmSync(path)
    tracker.component('x').up()
    await clock.advance(100)
    await tracker.flush().catch(() => {})
    await tracker.flush()
    expect(copies()).toEqual(['log.snapshot.damaged-1'])
    await close()
  })
})

describe('a lock that', () => {
  const lock = (): string => readdirSync(folder).find((name) => name.includes('.lock-')) ?? ''

  it('is removed is taken again', async () => {
    const { tracker, faults, close } = await begun()
    const mine = lock()
    rmSync(join(folder, mine))
    tracker.component('x').down()
    await tracker.flush()
    expect(lock()).toBe(mine)
    expect(faults).toEqual([])
    await close()
    expect(lock()).toBe('')
  })

  it('another process took, which does not see this one, stops all writing until that lock is removed', async () => {
    const { tracker, close } = await begun()
    rmSync(join(folder, lock()))
    const other = `${path}.lock-1-another`
    writeFileSync(other, '')
    const before = readFileSync(path)
    tracker.component('x').down()
    await expect(tracker.flush()).rejects.toThrow(`${path} is being written by process 1, which cannot see this one`)
    expect(readFileSync(path)).toEqual(before)
    expect(existsSync(other)).toBe(true)
    rmSync(other)
    await tracker.flush()
    await close()
    expect((await known()).states.at(-2)).toBe('down')
  })
})
