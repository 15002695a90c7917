import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import {
  type AvailabilityStore,
  availabilityTracker,
  type StoreRecord,
  type StoreSnapshot,
} from 'holdfast/availability'
import { fileStore } from 'holdfast/file'
import { virtualClock } from 'holdfast/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** A disk that can be full, or broken. */
const disk = vi.hoisted(() => ({
  /** Bytes that are left. */
  room: Number.POSITIVE_INFINITY,
  /** What fails, and with which code. */
  broken: new Map<string, string>(),
  done: [] as string[],
}))
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>()
  const guard = (step: string): void => {
    disk.done.push(step)
    const code = disk.broken.get(step)
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${step}`), { code })
  }
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  return {
    ...fs,
    async readFile(path: string, options: never) {
      guard(path.startsWith('/proc') ? 'proc' : 'readFile')
      return fs.readFile(path, options)
    },
    async stat(path: string) {
      guard(path.includes('.lock-') ? 'statLock' : 'statFile')
      return fs.stat(path)
    },
    async readdir(path: string) {
      guard('readdir')
      return fs.readdir(path)
    },
    async rename(from: string, to: string) {
      guard('rename')
      return fs.rename(from, to)
    },
    async copyFile(from: string, to: string, mode: number) {
      guard('copyFile')
      return fs.copyFile(from, to, mode)
    },
    async open(path: string, flags: string) {
      guard(flags === 'r' ? 'openFolder' : flags === 'wx' ? 'openLock' : 'open')
      const file = await fs.open(path, flags)
      return new Proxy(file, {
        get(target, name: Exclude<keyof FileHandle, symbol>) {
          const method = target[name] as (...args: unknown[]) => unknown
          if (typeof method !== 'function') return method
          return async (...args: unknown[]) => {
            guard(flags === 'r' ? `folder:${name}` : name)
            if (name === 'write') {
              const [bytes, from, length, position] = args as [Uint8Array, number, number, number]
              // A file takes what there is room for, then says that there is none.
              const most = Math.min(length, disk.room, 64)
              if (most <= 0) throw full()
              disk.room -= most
              return target.write(bytes, from, most, position)
            }
            if (name === 'writeFile') {
              if ((args[0] as Uint8Array).length > disk.room) throw full()
            }
            return method.apply(target, args)
          }
        },
      })
    },
  }
})

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-store-')))
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
let folder: string
let path: string
const open: AvailabilityStore[] = []

beforeEach(() => {
  folder = join(root, `${++count}`)
  mkdirSync(folder)
  path = join(folder, 'history.log')
})

afterEach(async () => {
  disk.room = Number.POSITIVE_INFINITY
  disk.broken.clear()
  disk.done.length = 0
  for (const store of open.splice(0)) await store.close()
})

type Options = Parameters<typeof fileStore>[1]

async function opened(options?: Options) {
  const store = fileStore(path, options)
  open.push(store)
  return { store, history: await store.load() }
}

/** As if the process had been killed: its lock is that of a process that is gone. */
async function crashed(store: AvailabilityStore): Promise<void> {
  await store.close()
  open.splice(open.indexOf(store), 1)
}

const beat = (seq: number): StoreRecord => ({ seq, at: 1000 + seq, time: seq, kind: 'beat' })
const told = (seq: number, component = 'x'): StoreRecord => ({
  seq,
  at: 1000 + seq,
  time: seq,
  kind: 'told',
  event: { component, state: 'up', time: seq },
})
const line = (value: unknown): string => {
  const json = JSON.stringify(value)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}
const snapshot = {
  format: 'holdfast.availability.store',
  version: 1,
  seq: 2,
  sources: [],
  carried: [],
} as unknown as StoreSnapshot
const files = () => readdirSync(folder).filter((name) => !name.includes('.lock-'))

describe('a file store', () => {
  it('loads what was stored, from a file that people can read', async () => {
    const { store, history } = await opened()
    expect(history).toEqual({ snapshot: undefined, records: [], faults: [] })
    await store.append([told(1, 'Straße 🦊'), beat(2)])
    await store.append([told(3)])
    expect(readFileSync(path, 'utf8')).toBe(
      line({ format: 'holdfast.availability.log', version: 1 }) +
        [told(1, 'Straße 🦊'), beat(2), told(3)].map(line).join(''),
    )
    await crashed(store)

    expect((await opened()).history).toEqual({
      snapshot: undefined,
      records: [told(1, 'Straße 🦊'), beat(2), told(3)],
      faults: [],
    })
  })

  it('begins a new log after a snapshot', async () => {
    const { store } = await opened()
    await store.append([told(1), told(2)])
    await store.snapshot(snapshot)
    await store.append([told(3)])
    expect(files()).toEqual(['history.log', 'history.log.snapshot'])
    await crashed(store)

    expect((await opened()).history).toMatchObject({ snapshot, records: [told(3)] })
  })

  it('takes a file URL, and refuses what is no path or no option', () => {
    expect(fileStore(pathToFileURL(path))).toHaveProperty('append')
    const refused =
      (...args: unknown[]) =>
      () =>
        (fileStore as (...args: unknown[]) => unknown)(...args)
    expect(refused(7)).toThrow('fileStore: path must be a path or a file URL, got 7')
    expect(refused(path, { durability: 'all' })).toThrow(
      "fileStore: durability must be one of 'none', 'interval', 'transition', got \"all\"",
    )
    expect(refused(path, { syncEvery: 0 })).toThrow('fileStore: syncEvery must be a duration > 0, got 0')
  })

  it('has to be loaded first, may be loaded again, and can be closed before', async () => {
    const store = fileStore(path)
    await expect(store.append([beat(1)])).rejects.toThrow(`fileStore: ${path} must be loaded first`)
    await store.close()
    expect(files()).toEqual([])
    await store.load()
    await store.append([beat(1)])
    expect(await store.load()).toMatchObject({ records: [beat(1)] })
    await store.close()
    expect(readdirSync(folder)).toEqual(['history.log'])
  })
})

describe('the last line of a log, torn', () => {
  it('at any byte, is ignored', async () => {
    const { store } = await opened()
    await store.append([told(1), told(2, 'é')])
    await crashed(store)
    const whole = readFileSync(path)
    const length = new TextEncoder().encode(line(told(2, 'é'))).length

    for (let torn = 1; torn <= length; torn++) {
      writeFileSync(path, whole)
      truncateSync(path, whole.length - torn)
      const { store, history } = await opened({ durability: 'none' })
      expect(history?.records, `without ${torn} bytes`).toEqual([told(1)])
      expect(history?.faults).toEqual([])
      await store.append([told(2)])
      await crashed(store)
      expect(readFileSync(path, 'utf8').endsWith(line(told(1)) + line(told(2)))).toBe(true)
    }
  })

  it('has no end, and begins as a line does: anything else is reported as damage', async () => {
    const { store } = await opened()
    await store.append([told(1)])
    await crashed(store)
    const whole = readFileSync(path)
    const bad = line(told(2)).replace('"x"', '"y"')
    const noJson = `${crc32('{').toString(16).padStart(8, '0')} {\n`
    const zeroed = Buffer.concat([Buffer.from(line(told(2)).slice(0, 30)), Buffer.alloc(40)])
    const tails = [bad, noJson, '\0\0\0\0', '\n', line(7), `${bad}${bad.slice(0, 20)}`, zeroed, 'rubbish']
    for (const [index, tail] of tails.entries()) {
      appendFileSync(path, tail)
      const damaged = readFileSync(path)
      const { store, history } = await opened()
      const aside = `${path}.damaged-${index + 1}`
      const lines = index === 5 ? 2 : 1
      const lost = { from: 2, records: lines, lines, bytes: Buffer.from(tail).length }
      expect(history).toMatchObject({
        records: [told(1)],
        seq: 1 + lines,
        faults: [{ code: 'HF_STORE_DAMAGED', path: aside, line: 3, lost }],
      })
      expect(readFileSync(aside)).toEqual(damaged)
      await crashed(store)
      expect(readFileSync(path)).toEqual(whole)
    }
  })

  it('is its header, where it was begun and no more', async () => {
    const header = line({ format: 'holdfast.availability.log', version: 1 })
    for (let length = 0; length < header.length; length++) {
      writeFileSync(path, header.slice(0, length))
      const { store, history } = await opened()
      expect(history).toMatchObject({ records: [], faults: [] })
      expect(readFileSync(path, 'utf8')).toBe(header)
      await crashed(store)
    }
  })
})

describe('a bad line with good ones behind it', () => {
  it('is reported with its number; the file is kept aside, and the log goes on from the lines before it', async () => {
    const { store } = await opened()
    await store.append([told(1), told(2), told(3)])
    await crashed(store)
    const damaged = readFileSync(path, 'utf8').replace('"time":2,"kind"', '"time":9,"kind"')
    writeFileSync(path, damaged)
    writeFileSync(`${path}.damaged-1`, 'of an earlier time')

    const { store: next, history } = await opened()
    expect(history?.records).toEqual([told(1)])
    const aside = `${path}.damaged-2`
    expect(history?.faults).toMatchObject([{ name: 'StoreError', code: 'HF_STORE_DAMAGED', line: 3, path: aside }])
    expect(`${history?.faults?.[0]}`).toContain(`line 3 of ${path} is damaged`)
    expect(readFileSync(aside, 'utf8')).toBe(damaged)
    await next.append([told(2)])
    await crashed(next)
    expect((await opened()).history?.records).toEqual([told(1), told(2)])
  })

  it('is the header, too', async () => {
    const text = line({ format: 'holdfast.availability.log', version: 1 })
    writeFileSync(path, text.replace('}', '.') + line(told(1)) + line(told(2)))

    const { history } = await opened()
    expect(history).toMatchObject({ records: [], faults: [{ line: 1, path: `${path}.damaged-1` }] })
  })

  it('is one whose number does not rise', async () => {
    const { store } = await opened()
    await store.append([told(1), told(2), told(2), told(4)])
    await crashed(store)

    expect((await opened()).history).toMatchObject({ records: [told(1), told(2)], faults: [{ line: 4 }] })
  })

  it('is copied once, however often what comes after the copy fails', async () => {
    const { store } = await opened()
    await store.append([told(1)])
    await crashed(store)
    appendFileSync(path, 'rubbish\n')
    disk.broken.set('truncate', 'EIO')
    const next = fileStore(path)
    for (let time = 0; time < 3; time++) await expect(next.load()).rejects.toThrow('EIO')
    disk.broken.clear()
    expect(await next.load()).toMatchObject({ records: [told(1)], faults: [{ path: `${path}.damaged-1` }] })
    await next.close()
    expect(files()).toEqual(['history.log', 'history.log.damaged-1'])
  })

  it('cannot be got over where there is no room for its copy', async () => {
    const { store } = await opened()
    await store.append([told(1)])
    await crashed(store)
    appendFileSync(path, `rubbish\n${line(told(3))}`)
    const before = readFileSync(path)
    disk.broken.set('copyFile', 'ENOSPC')
    const store2 = fileStore(path)
    await expect(store2.load()).rejects.toThrow('ENOSPC')
    expect(readFileSync(path)).toEqual(before)
    disk.broken.clear()

    expect(await store2.load()).toMatchObject({ records: [told(1)], faults: [{ line: 3 }] })
    await store2.close()
  })
})

describe('a snapshot that is damaged', () => {
  it.each(['torn', 'empty', 'long'])('because it is %s is kept aside and reported', async (how) => {
    const { store } = await opened()
    await store.snapshot(snapshot)
    await store.append([told(3)])
    await crashed(store)
    const whole = readFileSync(`${path}.snapshot`, 'utf8')
    writeFileSync(`${path}.snapshot`, how === 'torn' ? whole.slice(0, -5) : how === 'empty' ? '' : `${whole}more`)

    const { history } = await opened()
    expect(history).toMatchObject({
      snapshot: undefined,
      records: [told(3)],
      faults: [{ code: 'HF_STORE_DAMAGED', path: `${path}.snapshot.damaged-1` }],
    })
    expect(files()).toEqual(['history.log', 'history.log.snapshot.damaged-1'])
  })
})

describe('another version', () => {
  const golden = (name: string) => new URL(`../../../data/${name}`, import.meta.url)

  it('of the log is refused, and the file stays as it is', async () => {
    const text = readFileSync(golden('store-log-v2.log'))
    writeFileSync(path, text)
    const store = fileStore(path)
    await expect(store.load()).rejects.toMatchObject({ code: 'HF_STORE_VERSION', path })
    await expect(store.load()).rejects.toThrow(`fileStore: ${path} has version 2; only version 1 can be read`)
    expect(readFileSync(path)).toEqual(text)
    // It holds nobody off who can read it.
    expect(readdirSync(folder)).toEqual(['history.log'])
  })

  it('of the snapshot, too', async () => {
    writeFileSync(`${path}.snapshot`, readFileSync(golden('store-snapshot-v2.snapshot')))
    await expect(fileStore(path).load()).rejects.toMatchObject({ code: 'HF_STORE_VERSION', path: `${path}.snapshot` })
  })

  it('but not this one: the golden files can be read for ever', async () => {
    writeFileSync(path, readFileSync(golden('store-log-v1.log')))
    writeFileSync(`${path}.snapshot`, readFileSync(golden('store-snapshot-v1.snapshot')))
    const clock = virtualClock({ wall: 100_000 })
    const tracker = availabilityTracker({ clock, store: fileStore(path), restartTolerance: 0 })
    await tracker.ready()

    expect(tracker.timeline('db').map(({ at, state, reason }) => [at, state, reason])).toEqual([
      [1000, 'up', null],
      [11_000, 'down', 'db: consecutive'],
      [21_000, 'up', null],
      [41_000, 'unknown', 'tracker gone'],
    ])
    expect(tracker.timeline('told').map(({ at, state }) => [at, state])).toEqual([
      [1000, 'up'],
      [31_000, 'degraded'],
      [41_000, 'unknown'],
    ])
    tracker.close()
    await tracker.closed
  })

  it('and a file that is something else is left alone', async () => {
    for (const text of ['127.0.0.1 localhost\n::1 localhost\n', line({ format: 'other' }), line(7), 'x']) {
      writeFileSync(path, text)
      await expect(fileStore(path).load()).rejects.toThrow(`fileStore: ${path} is not a holdfast history file`)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })
})

describe('a disk that is full, or broken', () => {
  it('takes a batch whole or not at all', async () => {
    const { store } = await opened()
    await store.append([told(1)])
    disk.room = 100
    await expect(store.append([told(2), told(3)])).rejects.toThrow('ENOSPC')
    expect(readFileSync(path).length).toBeGreaterThan(200)
    disk.room = Number.POSITIVE_INFINITY
    disk.broken.set('truncate', 'EIO')
    await expect(store.append([told(2)])).rejects.toThrow('EIO')
    disk.broken.clear()
    await store.append([told(2)])
    await crashed(store)

    expect((await opened()).history?.records).toEqual([told(1), told(2)])
  })

  it('has a batch that could not be made durable written again', async () => {
    const { store } = await opened()
    disk.broken.set('datasync', 'EIO')
    await expect(store.append([told(1)])).rejects.toThrow('EIO')
    await expect(store.append([told(1), told(2)])).rejects.toThrow('EIO')
    disk.broken.clear()
    await store.append([told(1), told(2)])
    await crashed(store)

    expect((await opened()).history?.records).toEqual([told(1), told(2)])
  })

  it('keeps the old snapshot, and leaves no part of the new', async () => {
    const { store } = await opened()
    await store.snapshot(snapshot)
    await store.append([told(3)])
    disk.room = 10
    await expect(store.snapshot({ ...snapshot, seq: 3 })).rejects.toThrow('ENOSPC')
    disk.room = Number.POSITIVE_INFINITY
    disk.broken.set('rename', 'EIO')
    await expect(store.snapshot({ ...snapshot, seq: 3 })).rejects.toThrow('EIO')
    expect(files()).toEqual(['history.log', 'history.log.snapshot'])
    disk.broken.clear()
    disk.broken.set('truncate', 'EIO')
    await expect(store.snapshot({ ...snapshot, seq: 3 })).rejects.toThrow('EIO')
    disk.broken.clear()
    await store.append([told(4)])
    await crashed(store)

    expect((await opened()).history).toMatchObject({ snapshot: { seq: 3 }, records: [told(3), told(4)] })
  })

  it.each(['EPERM', 'EISDIR', 'EINVAL'])('may have folders that cannot be synced: %s', async (code) => {
    disk.broken.set('folder:sync', code)
    const { store } = await opened()
    await store.snapshot(snapshot)

    expect((await store.load())?.snapshot).toEqual(snapshot)
  })

  it('is an error where the folder cannot be synced for another reason, or nothing can be read', async () => {
    const store = fileStore(path)
    for (const [step, code] of [
      ['folder:sync', 'EIO'],
      ['openFolder', 'EMFILE'],
      ['readFile', 'EIO'],
      ['open', 'EACCES'],
      ['openLock', 'EROFS'],
      ['readdir', 'EIO'],
    ] as const) {
      disk.broken.set(step, code)
      await expect(store.load()).rejects.toThrow(code)
      disk.broken.clear()
    }
    expect(readdirSync(folder)).toEqual(['history.log'])
    await expect(fileStore(join(folder, 'nowhere', 'history.log')).load()).rejects.toThrow('ENOENT')
  })

  it('is an error where it cannot be checked whether the files were changed', async () => {
    const { store } = await opened()
    for (const step of ['statLock', 'statFile']) {
      disk.broken.set(step, 'EIO')
      await expect(store.append([told(1)])).rejects.toThrow('EIO')
      disk.broken.clear()
    }
    await store.append([told(1)])
    expect((await store.load())?.records).toEqual([told(1)])
  })

  it('is tried again where a new log cannot be begun in place of a removed one', async () => {
    const { store } = await opened()
    await store.append([told(1), told(2)])
    rmSync(path)
    await expect(store.append([told(3)])).rejects.toMatchObject({ lost: { from: 1, records: 2 } })
    disk.broken.set('truncate', 'EIO')
    await expect(store.snapshot(snapshot)).rejects.toThrow('EIO')
    disk.broken.clear()
    await store.snapshot(snapshot)
    await store.append([told(3)])

    expect(await store.load()).toMatchObject({ snapshot: { seq: 2 }, records: [told(3)], faults: [] })
  })

  it('makes a tracker emit faults, and nothing is missing in the end', async () => {
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, store: fileStore(path) })
    const faults: unknown[] = []
    tracker.on('fault', ({ source, error }) => faults.push([source, (error as { code?: string }).code]))
    await tracker.ready()
    tracker.component('x').up()
    await tracker.flush()
    disk.room = 0
    await clock.advance(20_000)
    tracker.component('x').down()
    await expect(tracker.flush()).rejects.toThrow('ENOSPC')
    expect(faults.length).toBeGreaterThan(0)
    expect(new Set(faults.map(String))).toEqual(new Set(['store,ENOSPC']))
    expect(tracker.persistence).toMatchObject({ failing: true, lost: 0 })
    disk.room = Number.POSITIVE_INFINITY
    await tracker.flush()
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0, lost: 0 })
    tracker.close()
    await tracker.closed

    const { history } = await opened()
    expect(history?.records.filter(({ kind }) => kind === 'told')).toHaveLength(2)
  })
})

describe('durability', () => {
  const syncs = () => disk.done.filter((step) => step === 'datasync').length

  it("'transition' syncs each batch with a transition", async () => {
    const { store } = await opened()
    const before = syncs()
    await store.append([beat(1), { ...beat(2), kind: 'counts' } as StoreRecord])
    expect(syncs()).toBe(before)
    await store.append([beat(3), told(4)])
    expect(syncs()).toBe(before + 1)
    await store.sync?.()
    expect(syncs()).toBe(before + 1)
    await store.append([beat(5)])
    await store.sync?.()
    expect(syncs()).toBe(before + 2)
  })

  it("'interval' syncs once an interval, and reports a failed sync at the next batch", async () => {
    const clock = virtualClock()
    const { store } = await opened({ durability: 'interval', syncEvery: '5s', clock })
    const before = syncs()
    await store.append([told(1)])
    await store.append([told(2)])
    await clock.advance(4999)
    expect(syncs()).toBe(before)
    await clock.advance(1)
    await vi.waitFor(() => expect(syncs()).toBe(before + 1))
    disk.broken.set('datasync', 'EIO')
    await store.append([told(3)])
    await clock.advance(5000)
    await vi.waitFor(() => expect(syncs()).toBe(before + 2))
    await new Promise(setImmediate)
    await expect(store.append([told(4)])).rejects.toThrow('EIO')
    disk.broken.clear()
    await store.append([told(4)])
    expect(syncs()).toBe(before + 4)
    await store.close()
    expect(syncs()).toBe(before + 5)
    expect(clock.pending).toBe(0)
  })

  it("'none' never does, but for its snapshots", async () => {
    const { store } = await opened({ durability: 'none' })
    const before = syncs()
    await store.append([told(1)])
    await store.sync?.()
    await store.close()
    expect(syncs()).toBe(before)
  })

  it('is owed no longer than the store is open', async () => {
    const { store } = await opened({ durability: 'interval', clock: virtualClock() })
    await store.append([told(1)])
    disk.broken.set('datasync', 'EIO')
    await expect(store.close()).rejects.toThrow('EIO')
    disk.broken.clear()

    expect(readdirSync(folder)).toEqual(['history.log'])
  })
})

describe('two writers of one file', () => {
  it('in one process: the second is refused until the first has closed', async () => {
    const { store } = await opened()
    const second = fileStore(path)
    await expect(second.load()).rejects.toMatchObject({ code: 'HF_STORE_LOCKED', path })
    await expect(second.load()).rejects.toThrow(
      `fileStore: ${path} is being written by process ${process.pid}, this one`,
    )
    await store.append([told(1)])
    await crashed(store)

    expect(await second.load()).toMatchObject({ records: [told(1)] })
    await second.close()
  })

  it('in two processes: the lock of a running one is respected, one of an ended or reused id is removed', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const beginning = lockOf(process.pid)
    writeFileSync(`${path}.lock-${pid}-${beginning}`, '')
    writeFileSync(`${path}.lock-${process.ppid}-another.1`, '')
    writeFileSync(`${path}.lock-${process.pid}-another.1`, '')
    writeFileSync(`${path}.lock-`, '')
    const { store } = await opened()
    expect(
      readdirSync(folder)
        .filter((name) => name.includes('.lock-'))
        .sort(),
    ).toEqual(['history.log.lock-', `history.log.lock-${process.pid}-${beginning}`])
    await crashed(store)

    writeFileSync(`${path}.lock-${process.ppid}-${lockOf(process.ppid)}`, '')
    await expect(fileStore(path).load()).rejects.toThrow(`is being written by process ${process.ppid}`)
    expect(readdirSync(folder)).not.toContain(`history.log.lock-${process.pid}-${beginning}`)
  })

  it('on a system without start times of processes: any process with the id counts as the writer', async () => {
    disk.broken.set('proc', 'ENOENT')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(`${path}.lock-${pid}-t1`, '')
    writeFileSync(`${path}.lock-${process.pid}-t1`, '')
    const { store } = await opened()
    expect(readdirSync(folder).filter((name) => name.includes('.lock-'))).toEqual([
      expect.stringMatching(/^history\.log\.lock-\d+-t\d{13}$/),
    ])
    await crashed(store)

    writeFileSync(`${path}.lock-${process.ppid}-t1`, '')
    await expect(fileStore(path).load()).rejects.toMatchObject({ code: 'HF_STORE_LOCKED' })
  })

  it('counts a process that it may not signal as running, and a zombie as ended', async () => {
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    })
    writeFileSync(`${path}.lock-1-${lockOf(1)}`, '')
    await expect(fileStore(path).load()).rejects.toThrow('is being written by process 1')
    kill.mockRestore()
    rmSync(`${path}.lock-1-${lockOf(1)}`)

    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'])
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /))
    await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/cmdline`, 'utf8')).toMatch(/^sleep/))
    writeFileSync(`${path}.lock-${pid}-${lockOf(pid)}`, '')
    await opened()
    parent.kill('SIGKILL')
  })

  function lockOf(pid: number): string {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}.${ticks}`
  }
})
