/** Files whose reading hangs, as on a network whose server is down: here pipes without a writer. */
import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { constants, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failoverPool } from 'holdfast/failover'
import { fileMembers } from 'holdfast/file'
import { recorder, virtualClock } from 'holdfast/testing'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-hang-')))
afterAll(() => rmSync(root, { recursive: true }))

const closers: (() => void)[] = []
const pipes: string[] = []
let count = 0

function pipe(): string {
  const path = join(root, `pipe-${++count}`)
  execFileSync('mkfifo', [path])
  pipes.push(path)
  return path
}

/** Rejects where the pipe has no reader. */
const writer = (path: string) => open(path, constants.O_WRONLY | constants.O_NONBLOCK)

/** Writes into a pipe whose reader waits, and so lets the read end. */
async function fill(path: string, text: string): Promise<void> {
  const file = await writer(path)
  // A read that was given up closes the pipe unread.
  await file.write(text).catch(({ code }) => expect(code).toBe('EPIPE'))
  await file.close()
}

/** Ends the read of a pipe, if there is one, and lets no other begin. */
async function remove(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
  await file.write('[]')
  rmSync(path)
  await file.close()
}

afterEach(async () => {
  for (const close of closers.splice(0)) close()
  for (const path of pipes.splice(0)) await remove(path)
})

function made(path: string, options: Parameters<typeof fileMembers>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(fileMembers(path, { jitter: 0, timeout: '1s', every: '2s', ...options }), { clock })
  closers.push(() => pool.close())
  const { of } = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => of('fault').map(({ error }) => String(error))
  return { clock, pool, names, faults }
}

/** Time in which a read is due again and again. */
async function wait(clock: ReturnType<typeof virtualClock>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance('1s')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Fails where no thread of the process is left. */
async function threadsLeft(): Promise<void> {
  const other = join(root, 'other')
  writeFileSync(other, 'text')
  const late = new Promise((_, reject) => setTimeout(reject, 4000, new Error('no thread is left')))
  await Promise.race([Promise.all([readFile(other), lookup('localhost')]), late])
}

describe('a file whose reading hangs', () => {
  it('takes one thread, however often it is due and however many pools ask', async () => {
    const path = pipe()
    const pools = [made(path), made(path), made(path)]
    for (const { pool, clock } of pools) {
      void pool.ready()
      await wait(clock, 60)
    }

    await threadsLeft()
    for (const { faults } of pools) expect(faults()[0]).toBe('TimeoutError: The check took too long')
    await fill(path, '["a"]')
    // Each read of a pipe takes what is in it, so only one of them gets this list. A read that its
    // pool has given up takes it too: the list is written again until a live read gets it. A second
    // at a time, so that the pipe is filled at every point between two reads.
    const listed = () => pools.some(({ names }) => names().length > 0)
    const again = async () => {
      for (const { clock } of pools) await wait(clock, 1)
      if (!listed()) await fill(path, '["a"]')
      expect(listed()).toBe(true)
    }
    await vi.waitFor(again, { timeout: 15_000, interval: 10 })
  })

  it('emits a fault, and is not begun, where reads of two other files hang', async () => {
    const hung = [made(pipe()), made(pipe())]
    for (const { pool, clock } of hung) {
      void pool.ready()
      await wait(clock, 2)
    }
    const path = join(root, 'members.json')
    writeFileSync(path, '["a"]')
    const { pool, clock, names, faults } = made(path)
    void pool.ready()
    await wait(clock, 3)

    await threadsLeft()
    expect(names()).toEqual([])
    expect(faults()[0]).toBe(`Error: fileMembers: ${path} is not read while 2 reads of other files hang`)
    await fill(pipes[0] as string, '[]')
    const read = async () => {
      await wait(clock, 1)
      expect(names()).toEqual(['a'])
    }
    await vi.waitFor(read, { timeout: 15_000, interval: 10 })
  })

  it('is not begun for a question that was given up while it waited', async () => {
    const path = pipe()
    const [first, second] = [made(path), made(path)]
    void first.pool.ready()
    await wait(first.clock, 1)
    void second.pool.ready()
    await wait(second.clock, 1)
    second.pool.close()
    const file = await writer(path)
    const unread = () => expect(file.write('["a"]')).rejects.toMatchObject({ code: 'EPIPE' })
    await vi.waitFor(unread, { timeout: 15_000, interval: 1 })
    // Turns of the event loop, in which a read that waited for the first one would begin.
    await threadsLeft()

    // The pool that waited is closed, and the first pool does not read again yet.
    await unread()
    await file.close()
  })
})
