/** After any damage, each stored record is loaded or reported as lost, with a copy of the file as it was found. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import {
  type AvailabilityStore,
  availabilityTracker,
  type StoredHistory,
  StoreError,
  type StoreRecord,
  type StoreSnapshot,
} from 'holdfast/availability'
import { fileStore } from 'holdfast/file'
import { virtualClock } from 'holdfast/testing'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../../effort.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-damage-')))
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
let folder = ''
let path: string
beforeEach(() => fresh())

function fresh(): void {
  if (folder !== '') rmSync(folder, { recursive: true })
  folder = join(root, `${++count}`)
  mkdirSync(folder)
  path = join(folder, 'log')
}

const line = (value: unknown): string => {
  const json = JSON.stringify(value)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}
const head = line({ format: 'holdfast.availability.log', version: 1 })
const beat = (seq: number): StoreRecord => ({ seq, at: 1000 + seq, time: seq, kind: 'beat' })
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => line(beat(from + index))).join('')
const taken = (seq: number) =>
  ({ format: 'holdfast.availability.store', version: 1, seq, sources: [], carried: [] }) as unknown as StoreSnapshot

interface Loaded extends StoredHistory {
  readonly seqs: readonly number[]
  readonly told: readonly (readonly [from: number, records: number] | undefined)[]
}

/** What a store makes of the file, or why it does not. */
async function read(bytes: string | Uint8Array | undefined, then?: Then): Promise<Loaded | StoreError> {
  if (bytes !== undefined) writeFileSync(path, bytes)
  const store = fileStore(path, { durability: 'none' })
  let history: StoredHistory
  try {
    history = (await store.load()) as StoredHistory
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError)
    if (bytes !== undefined) expect(readFileSync(path)).toEqual(Buffer.from(bytes))
    return error as StoreError
  }
  await then?.(store, history)
  await store.close()
  const { records, faults = [] } = history
  const told = faults.map((fault) => {
    const { lost } = fault as StoreError
    return lost && ([lost.from, lost.records] as const)
  })
  return { ...history, seqs: records.map(({ seq }) => seq), told }
}

type Then = (store: AvailabilityStore, history: StoredHistory) => Promise<void>

/** The same; and afterwards the file can be written and read without a fault. */
function loaded(bytes: string | Uint8Array | undefined): Promise<Loaded | StoreError> {
  return read(bytes, async (store, { records, snapshot, seq }) => {
    const last = seq ?? records.at(-1)?.seq ?? snapshot?.seq ?? 0
    await store.snapshot(taken(last))
    await store.append([beat(last + 1)])
    await store.close()
    expect(await store.load()).toMatchObject({ snapshot: { seq: last }, records: [beat(last + 1)], faults: [] })
  })
}

const copies = (): readonly Buffer[] =>
  readdirSync(folder)
    .filter((name) => name.includes('.damaged-'))
    .map((name) => readFileSync(join(folder, name)))

/** Of records 1 to `last`, each is there or told as lost; where one is lost, a copy of the file is kept. */
function check(found: Loaded | StoreError, bytes: Uint8Array, last: number, what: string): void {
  if (found instanceof StoreError) return
  const { seqs, told } = found
  const isTold = (seq: number): boolean =>
    told.some((range) => range !== undefined && seq >= range[0] && (range[1] > 0 || range === told.at(-1)))
  for (let seq = 1; seq <= last; seq++) if (!seqs.includes(seq)) expect(isTold(seq), `${what}: ${seq}`).toBe(true)
  expect(
    [...seqs].sort((a, b) => a - b),
    what,
  ).toEqual(seqs)
  if (told.length > 0) {
    expect(
      copies().some((copy) => copy.equals(bytes)),
      what,
    ).toBe(true)
  } else expect(copies(), what).toEqual([])
}

describe('a stored log', () => {
  const whole = Buffer.from(head + lines(1, 6))

  it('with one flipped bit in any byte is reported, and kept', async () => {
    for (let at = 0; at < whole.length; at++) {
      for (const bit of at > whole.length - 3 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << (at % 8)]) {
        fresh()
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] as number) ^ bit
        const found = await read(bytes)
        check(found, bytes, 6, `bit ${bit} of byte ${at}`)
        if (!(found instanceof StoreError)) expect(found.told.length).toBe(1)
        expect(existsSync(path)).toBe(true)
      }
    }
  })

  it('with a block of zeros at any byte is reported, and kept', {
    timeout: 60_000,
  }, async () => {
    for (const length of [1, 16, 100, whole.length]) {
      for (let at = 0; at < whole.length; at += length === 1 ? 1 : 3) {
        fresh()
        const bytes = Buffer.from(whole)
        bytes.fill(0, at, Math.min(bytes.length, at + length))
        check(await read(bytes), bytes, 6, `${length} zeros at ${at}`)
      }
    }
  })

  it('of zeros alone is no unknown file: it is kept aside and replaced', async () => {
    const bytes = Buffer.alloc(300)
    const found = await loaded(bytes)
    expect(found).toMatchObject({ seqs: [], told: [[1, 1]] })
    expect(copies()).toEqual([bytes])
  })

  it('cut at any byte counts as a crash during a write: its whole lines are loaded, without a fault', async () => {
    for (let length = head.length; length < whole.length; length++) {
      fresh()
      const found = await read(whole.subarray(0, length))
      const kept = whole.subarray(head.length, length).toString().split('\n').length - 1
      expect(found).toMatchObject({ seqs: [1, 2, 3, 4, 5, 6].slice(0, kept), told: [] })
      expect(copies()).toEqual([])
    }
  })

  /** Whole lines, and perhaps the beginning of another: the same as after a crash. */
  const isCut = (bytes: Uint8Array): boolean => {
    const end = bytes.lastIndexOf(10) + 1
    return whole.subarray(0, end).equals(bytes.subarray(0, end)) && bytes.subarray(end).every((byte) => byte >= 0x20)
  }

  it('damaged anywhere and in any way is reported, and kept', { timeout: 120_000 }, async () => {
    const place = fc.nat({ max: whole.length - 1 })
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('turn' as const), at: place, length: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ kind: fc.constantFrom('zero', 'delete', 'double', 'swap') as never, at: place, length: place }),
    ) as fc.Arbitrary<{ kind: 'turn' | 'zero' | 'delete' | 'double' | 'swap'; at: number; length: number }>
    const apply = (
      bytes: Uint8Array,
      { kind, at, length }: { kind: string; at: number; length: number },
    ): Uint8Array => {
      const copy = Buffer.from(bytes)
      if (kind === 'turn') {
        copy[at % copy.length] = (copy[at % copy.length] as number) ^ length
        return copy
      }
      const [one, two, three] = [copy.subarray(0, at), copy.subarray(at, at + length), copy.subarray(at + length)]
      if (kind === 'zero') return Buffer.concat([one, Buffer.alloc(two.length), three])
      if (kind === 'delete') return Buffer.concat([one, three])
      return kind === 'double' ? Buffer.concat([one, two, two, three]) : Buffer.concat([two, one, three])
    }
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
        fresh()
        let bytes: Uint8Array = whole
        for (const each of all) if (bytes.length > 0) bytes = apply(bytes, each)
        fc.pre(!isCut(bytes))
        const found = await read(bytes)
        check(found, bytes, 6, JSON.stringify(all))
        if (found instanceof StoreError) expect(found.code).toMatch(/DAMAGED|VERSION/)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('missing records', () => {
  it('in two backups that were joined in the wrong order are reported where the numbers fall', async () => {
    const found = await loaded(head + lines(11, 20) + lines(1, 10))
    expect(found).toMatchObject({
      seqs: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
      faults: [
        { lost: { from: 1, records: 10, lines: 0, bytes: 0 }, line: 2 },
        { lost: { from: 21, records: 10, lines: 10 }, line: 12 },
      ],
    })
    expect(copies()).toHaveLength(1)
    expect(`${(found as Loaded).faults?.[0]}`).toContain(
      `records 1 to 10 are missing before line 2 of ${path}, and so is ${path}.snapshot; a copy of the file is kept as`,
    )
  })

  it('between two lines are reported, and the records after them are loaded', async () => {
    const found = await loaded(head + lines(1, 4) + lines(6, 9))
    expect(found).toMatchObject({ seqs: [1, 2, 3, 4, 6, 7, 8, 9], seq: 9, told: [[5, 1]] })
    expect(`${(found as Loaded).faults?.[0]}`).toContain(`record 5 is missing before line 6 of ${path}: the time from`)
    expect(copies()).toHaveLength(1)
  })

  it('without the snapshot are all that it covered, also where the log is new', async () => {
    for (const more of [[], [beat(4), beat(5)]]) {
      fresh()
      const store = fileStore(path)
      await store.load()
      await store.append([beat(1), beat(2), beat(3)])
      await store.snapshot(taken(3))
      await store.append(more)
      await store.close()
      rmSync(`${path}.snapshot`)
      expect(await loaded(undefined)).toMatchObject({
        seqs: more.map(({ seq }) => seq),
        told: [[1, 3]],
        seq: 3 + more.length,
      })
    }
  })

  it('after an older snapshot are those between it and the log', async () => {
    writeFileSync(`${path}.snapshot`, line(taken(5)))
    const found = await loaded(head + lines(11, 12))
    expect(found).toMatchObject({ snapshot: { seq: 5 }, seqs: [11, 12], told: [[6, 5]] })
    expect(`${(found as Loaded).faults?.[0]}`).toContain(': the time from there to the next record is unknown')
  })

  it('are none where the snapshot covers them', async () => {
    writeFileSync(`${path}.snapshot`, line(taken(5)))
    expect(await loaded(head + lines(2, 3) + lines(6, 7))).toMatchObject({ told: [], seqs: [2, 3, 6, 7] })
  })

  it.each([undefined, '', head.slice(0, 9)])(
    'without a log, or with an empty or torn one (%j), may be any after the snapshot',
    async (text) => {
      writeFileSync(`${path}.snapshot`, line(taken(5)))
      const found = await loaded(text)
      expect(found).toMatchObject({ snapshot: { seq: 5 }, told: [[6, 1]], seq: 6 })
      expect(`${(found as Loaded).faults?.[0]}`).toContain(`${path} is empty or missing`)
    },
  )
})

describe('a snapshot file', () => {
  it.each([
    ['null', line(null)],
    ['an array', line([])],
    ['a number', line(7)],
    ['a text', line('snapshot')],
    ['nothing', ''],
    ['zeros', '\0'.repeat(200)],
    ['an object of nothing', line({})],
    ['another format', line({ ...taken(3), format: 'other' })],
    ['a version that is no number', line({ ...taken(3), version: '1' })],
    ['a number that is none', line({ ...taken(3), seq: -1 })],
    ['keys of prototypes', '00000000 {"__proto__":{"version":1}}\n'],
    [
      'the same with a sum',
      line(JSON.parse('{"__proto__":{"format":"holdfast.availability.store","version":1,"seq":3}}')),
    ],
    ['a stream that is torn', gzipSync(line(taken(3))).subarray(0, -9)],
  ])('of %s is kept aside and reported, and the log is loaded', async (_, bytes) => {
    writeFileSync(`${path}.snapshot`, bytes)
    const found = await loaded(head + lines(4, 5))
    expect(found).toMatchObject({ snapshot: undefined, seqs: [4, 5], told: [[1, 3]] })
    expect(readFileSync(`${path}.snapshot.damaged-1`)).toEqual(Buffer.from(bytes))
  })

  it('that is damaged loses nothing where the log has all of it, and an unknown number where the log has nothing', async () => {
    writeFileSync(`${path}.snapshot`, 'x')
    const found = await loaded(head + lines(1, 3))
    expect(found).toMatchObject({ seqs: [1, 2, 3], told: [undefined], faults: [{ line: 1 }] })
    expect(`${(found as Loaded).faults?.[0]}`).toContain('is damaged, and the log has all of it; a copy')
    fresh()
    writeFileSync(`${path}.snapshot`, 'x')
    expect(await loaded(head)).toMatchObject({ seqs: [], told: [[1, 1]], seq: 1 })
    fresh()
    writeFileSync(`${path}.snapshot`, 'x')
    expect(await loaded(undefined)).toMatchObject({ seqs: [], told: [[1, 1]], seq: 1 })
  })

  it('of another version is refused, and stays', async () => {
    for (const version of [0, 2, 1.5]) {
      writeFileSync(`${path}.snapshot`, line({ ...taken(3), version }))
      expect(await loaded(undefined)).toMatchObject({ code: 'HF_STORE_VERSION', path: `${path}.snapshot` })
    }
  })
})

describe('a tracker on a damaged log', () => {
  it('reports it once, leaves the time unknown, and has a whole history again with its first snapshot', async () => {
    const clock = virtualClock({ wall: 1_000_000 })
    const begun = (store = fileStore(path), options = {}) => {
      const tracker = availabilityTracker({ clock, store, ...options })
      const faults: unknown[] = []
      tracker.on('fault', ({ error }) => faults.push(error))
      return { tracker, faults }
    }
    const old = begun()
    await old.tracker.ready()
    old.tracker.component('x').up()
    await clock.advance(1000)
    old.tracker.component('x').down()
    await old.tracker.flush()
    await clock.advance(1000)
    old.tracker.close()
    await old.tracker.closed
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace('"down"', '"dawn"'))

    const { tracker, faults } = begun()
    await tracker.ready()
    expect(faults).toMatchObject([{ code: 'HF_STORE_DAMAGED', line: 4, lost: { from: 3, lines: 2, records: 2 } }])
    expect(tracker.timeline('x').map(({ at, state, reason }) => [at, state, reason])).toEqual([
      [1_000_000, 'up', null],
      [1_000_001, 'unknown', 'records lost'],
    ])
    tracker.component('x').up()
    await tracker.flush()
    await clock.advance(100)
    await tracker.flush()
    tracker.close()
    await tracker.closed
    expect(existsSync(`${path}.snapshot`)).toBe(true)

    const again = begun()
    await again.tracker.ready()
    expect(again.faults).toEqual([])
    expect(again.tracker.timeline('x').map(({ at, state }) => [at, state])).toEqual([
      [1_000_000, 'up'],
      [1_000_001, 'unknown'],
      [1_002_000, 'up'],
    ])
    again.tracker.close()
    await again.tracker.closed
  })
})
