/** A disk of so many bytes, on which nothing else is. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availabilityTracker, type StoreError, type StoreSnapshot } from 'holdfast/availability'
import { fileStore } from 'holdfast/file'
import { virtualClock } from 'holdfast/testing'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'

const disk = vi.hoisted(() => ({
  size: Number.POSITIVE_INFINITY,
  folder: '',
  /** What others take as soon as it is free. */
  greedy: false,
  room: (): number => Number.POSITIVE_INFINITY,
}))
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>()
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  return {
    ...fs,
    async open(path: string, flags: string) {
      const file = await fs.open(path, flags)
      return new Proxy(file, {
        get(target, name: Exclude<keyof FileHandle, symbol>) {
          const method = target[name] as (...args: unknown[]) => unknown
          if (typeof method !== 'function') return method
          return async (...args: unknown[]) => {
            if (name === 'truncate' && disk.greedy) disk.size -= (await target.stat()).size - (args[0] as number)
            if (name === 'write') {
              const [bytes, from, length, position] = args as [Uint8Array, number, number, number]
              // What is written over what is there needs no room.
              const over = Math.max(0, (await target.stat()).size - position)
              const most = Math.min(length, over + Math.max(0, disk.room()))
              if (most <= 0) throw full()
              return target.write(bytes, from, most, position)
            }
            if (name === 'writeFile' && (args[0] as Uint8Array).length > disk.room()) throw full()
            return method.apply(target, args)
          }
        },
      })
    },
  }
})
disk.room = () => {
  const names = readdirSync(disk.folder)
  return disk.size - names.reduce((sum, name) => sum + statSync(join(disk.folder, name)).size, 0)
}

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-full-')))
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
let path: string
beforeEach(() => {
  disk.folder = join(root, `${++count}`)
  disk.size = 150_000
  disk.greedy = false
  mkdirSync(disk.folder)
  path = join(disk.folder, 'log')
})

function begun(wall = 0) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock, store: fileStore(path, { durability: 'none' }), restartTolerance: 0 })
  const faults: StoreError[] = []
  tracker.on('fault', ({ error }) => faults.push(error as StoreError))
  const x = tracker.component('x')
  const flap = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await clock.advance(20)
      if (time % 2 === 0) x.down()
      else x.up()
      if (time % 50 === 49) await tracker.flush().catch(() => {})
    }
  }
  return { clock, tracker, faults, flap }
}

describe('a disk that the log has filled', () => {
  it('is freed by a snapshot as soon as it is full, and nothing is lost', async () => {
    const { clock, tracker, faults, flap } = begun()
    await tracker.ready()
    await flap(3000)
    await tracker.flush()
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['ENOSPC']))
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0, lost: 0 })
    expect(statSync(path).size).toBeLessThan(disk.size)
    const known = tracker.timeline('x').map(({ state }) => state)
    tracker.close()
    await tracker.closed

    const again = begun(clock.wall() + 1000)
    await again.tracker.ready()
    expect(again.faults).toEqual([])
    expect(again.tracker.timeline('x').map(({ state }) => state)).toEqual([...known, 'unknown'])
    again.tracker.close()
    await again.tracker.closed
  })

  it('takes the last records of a tracker that is closed, too', async () => {
    const { clock, tracker, flap } = begun()
    await tracker.ready()
    await flap(300)
    await tracker.flush()
    disk.size = disk.size - disk.room() + 10
    tracker.component('x').degraded()
    tracker.close()
    await tracker.closed

    const again = begun(clock.wall() + 1000)
    await again.tracker.ready()
    expect(again.faults).toEqual([])
    expect(again.tracker.timeline('x').at(-2)).toMatchObject({ state: 'degraded' })
    again.tracker.close()
    await again.tracker.closed
  })

  it('that others fill again at once is reported with what was cut, and not cut again', async () => {
    const { clock, tracker, faults, flap } = begun()
    await tracker.ready()
    await flap(900)
    await tracker.flush()
    disk.greedy = true
    disk.size = disk.size - disk.room() + 10
    const before = statSync(path).size
    tracker.component('x').degraded()
    await expect(tracker.flush()).rejects.toThrow()
    const { lost, message } = faults.at(-1) as StoreError
    expect(message).toContain(`the disk is full, and ${path} was cut from record 1 on to make room for a snapshot`)
    expect(lost).toMatchObject({ from: 1, lines: 0, bytes: 0 })
    const cut = statSync(path).size
    expect(cut).toBeLessThan(before)
    await clock.advance(5000)
    await expect(tracker.flush()).rejects.toThrow()
    expect(statSync(path).size).toBe(cut)
    expect(tracker.persistence?.failing).toBe(true)

    // Should it be killed now, the next start knows.
    const log = readFileSync(path)
    disk.greedy = false
    disk.size = 1e9
    await tracker.flush()
    expect(tracker.persistence).toMatchObject({ failing: false, pending: 0 })
    tracker.close()
    await tracker.closed
    rmSync(`${path}.snapshot`)
    writeFileSync(path, log)
    const store = fileStore(path)
    const history = await store.load()
    expect(history?.faults).toMatchObject([{ code: 'HF_STORE_DAMAGED', lost: { bytes: 0 } }])
    await store.close()
  })

  it('has no room in a log that is too short, and loses nothing', async () => {
    const store = fileStore(path)
    await store.load()
    await store.append([{ seq: 1, at: 1, time: 1, kind: 'beat' }])
    const before = readFileSync(path)
    disk.size = disk.size - disk.room()
    const snapshot = { format: 'holdfast.availability.store', version: 1, seq: 1 } as unknown as StoreSnapshot
    await expect(store.snapshot(snapshot)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(readFileSync(path)).toEqual(before)
    disk.size = 1e9
    await store.close()
  })
})
