/** Real processes, real files, a real clock: recording, until they are killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { availabilityTracker } from 'holdfast/availability'
import { fileStore } from 'holdfast/file'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runs } from '../../../effort.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'))
const root = new URL('../../../../', import.meta.url).pathname
const children = new Set<ChildProcess>()

/** Says something new each 2 ms, prints what was accepted, and each time how far it is durable. */
const recording = `
  import { availabilityTracker, fileStore } from './rooms.mjs'
  const tracker = availabilityTracker({
    store: fileStore(process.argv[1]),
    restartTolerance: 0,
    heartbeat: 5,
    snapshotEvery: 25,
  })
  const print = (...words) => process.stdout.write(words.join(' ') + '\\n')
  tracker.on('fault', ({ error }) => print('fault', String(error)))
  const states = ['up', 'down', 'degraded']
  let count = 0
  await tracker.ready()
  print('ready')
  setInterval(() => {
    const reason = process.pid + '-' + ++count
    tracker.component('x')[states[count % 3]]({ reason })
    print('accepted', reason)
    tracker.flush().then(() => print('durable', reason, Date.now()), () => {})
  }, 2)
`

beforeAll(async () => {
  const doors = ['entries/availability.ts', 'adapters/file/index.ts']
  const contents = doors.map((door) => `export * from '${root}src/${door}'`)
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(folder, 'rooms.mjs'),
    tsconfigRaw: {},
  })
})

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

interface Life {
  /** The reasons of what is durable, by its own word. */
  readonly durable: readonly string[]
  /** When it last said so. */
  readonly lastDurable: number
  readonly printed: string
}

/** A process that records into `path` and is killed: so long after its beginning, or after it was ready. */
function live(path: string, after: 'begun' | 'ready', wait: number): Promise<Life> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', recording, path], { cwd: folder })
  children.add(child)
  let printed = ''
  let doomed = false
  const kill = (): void => {
    if (doomed) return
    doomed = true
    setTimeout(() => child.kill('SIGKILL'), wait)
  }
  if (after === 'begun') kill()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += String(data)
      if (printed.includes('ready')) kill()
    })
  }
  return new Promise((resolve) => {
    child.once('close', () => {
      children.delete(child)
      // A line may be torn here, too.
      const lines = printed.slice(0, printed.lastIndexOf('\n') + 1).split('\n')
      const durable = lines.map((line) => /^durable (\S+) (\d+)$/.exec(line)).filter((found) => found !== null)
      resolve({
        durable: durable.map(([, reason]) => reason ?? ''),
        lastDurable: Number(durable.at(-1)?.[2] ?? 0),
        printed,
      })
    })
  })
}

/** What a tracker makes of a copy of the files. */
async function read(path: string, name: string) {
  const copy = join(folder, `copy-${name}`)
  mkdirSync(copy)
  for (const suffix of ['', '.snapshot']) cpSync(`${path}${suffix}`, join(copy, `log${suffix}`), { force: true })
  const tracker = availabilityTracker({ store: fileStore(join(copy, 'log')), restartTolerance: 0 })
  const faults: unknown[] = []
  tracker.on('fault', ({ error }) => faults.push(error))
  await tracker.ready()
  const timeline = tracker.timeline('x')
  tracker.close()
  await tracker.closed
  rmSync(copy, { recursive: true })
  return { timeline, faults }
}

describe('a process that is killed', () => {
  it('a hundred times (in CI), at any moment, loses nothing that was durable, and knows that it was away', {
    timeout: 120_000,
  }, async () => {
    const lives = runs(25)
    let kills = 0
    let known = 0
    const generations = async (chain: number): Promise<void> => {
      const path = join(folder, `chain-${chain}.log`)
      const durable: string[] = []
      const ends: number[] = []
      for (let generation = 0; generation < lives; generation++) {
        const early = generation % 8 === 7
        const life = await live(path, early ? 'begun' : 'ready', early ? 30 + Math.random() * 90 : Math.random() * 40)
        kills++
        expect(life.printed.replace(/^(ready|accepted .*|durable .*)$/gm, '').trim()).toBe('')
        durable.push(...life.durable)
        if (life.lastDurable > 0) ends.push(life.lastDurable)
        if (!readdirSync(folder).includes(`chain-${chain}.log.snapshot`)) continue
        const { timeline, faults } = await read(path, `${chain}-${generation}`)
        const name = `chain ${chain}, generation ${generation}`

        expect(faults, name).toEqual([])
        const found = new Set(timeline.map(({ reason }) => reason))
        expect(
          durable.filter((reason) => !found.has(reason)),
          name,
        ).toEqual([])
        // It may have been killed before it had said a thing.
        if (timeline.length === 0) continue
        // Whatever was recorded last, nothing is known of the time after it.
        const gaps = timeline.filter(({ state }) => state === 'unknown')
        expect(timeline.at(-1)).toMatchObject({ state: 'unknown', reason: 'tracker gone' })
        expect(gaps.length, name).toBeGreaterThanOrEqual(ends.length)
        for (const end of ends) {
          const gap = gaps.find(({ at }) => at >= end - 60)
          expect((gap?.at ?? 0) - end, name).toBeLessThan(1000)
        }
        known = Math.max(known, found.size)
      }
    }

    await Promise.all([0, 1, 2, 3].map(generations))
    expect(kills).toBe(4 * lives)
    expect(known).toBeGreaterThan(lives)
  })

  it('is not held up by its tracker, when it has nothing else to do', async () => {
    const script = `
      import { availabilityTracker, fileStore } from './rooms.mjs'
      const tracker = availabilityTracker({ store: fileStore('${join(folder, 'idle.log')}', { durability: 'interval' }) })
      tracker.component('x').up()
      await tracker.flush()
      console.log('flushed')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    children.add(child)
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)))
    const [code] = await once(child, 'close')
    expect([printed, code]).toEqual(['flushed\n', 0])
  })

  it('holds the file as long as it lives, and no longer', async () => {
    const path = join(folder, 'two.log')
    const first = live(path, 'ready', 300)
    const locks = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('two.log.lock'))
    await vi.waitFor(() => expect(locks()).toHaveLength(1), { timeout: 10_000 })
    await expect(fileStore(path).load()).rejects.toMatchObject({ code: 'HF_STORE_LOCKED' })
    await first
    const second = fileStore(path)
    expect((await second.load())?.faults).toEqual([])
    await second.close()
    expect(locks()).toEqual([])
  })
})
