import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { failoverPool } from 'holdfast/failover'
import { type FileMembersOptions, fileMembers } from 'holdfast/file'
import { recorder, virtualClock } from 'holdfast/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const watchers = vi.hoisted(() => ({ made: [] as FSWatcher[], refuse: false }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const watch = (...args: Parameters<typeof fs.watch>) => {
    if (watchers.refuse) throw Object.assign(new Error('ENOSPC: no watch left'), { code: 'ENOSPC' })
    const watcher = fs.watch(...args)
    watchers.made.push(watcher)
    return watcher
  }
  return { ...fs, watch }
})

const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-file-')))
afterAll(() => rmSync(root, { recursive: true }))

let folder: string
let file: string
let count = 0
const closers: (() => void)[] = []

beforeEach(() => {
  folder = join(root, `case-${++count}`)
  mkdirSync(folder)
  file = join(folder, 'members.json')
  watchers.made.length = 0
})

afterEach(() => {
  watchers.refuse = false
  for (const close of closers.splice(0)) close()
})

const write = (members: unknown) => writeFileSync(file, JSON.stringify(members))
/** As a careful program writes: beside, then renamed over. */
const replace = (members: unknown) => {
  writeFileSync(`${file}.new`, JSON.stringify(members))
  renameSync(`${file}.new`, file)
}

function made(options: FileMembersOptions = {}, path: string | URL = file) {
  const clock = virtualClock()
  const pool = failoverPool(fileMembers(path, { jitter: 0, ...options }), { clock })
  closers.push(() => pool.close())
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  /** Until it is so, while events come in their own time and the clock turns by small steps. */
  const soon = (what: () => unknown) =>
    vi.waitFor(
      async () => {
        await clock.advance(60)
        await what()
      },
      { interval: 2, timeout: 3000 },
    )
  return { clock, pool, log, names, faults, soon }
}

describe('fileMembers', () => {
  it('takes an array, or an object with members', async () => {
    write(['a', { target: 'b', weight: 2 }])
    const { pool, names, soon, faults } = made()
    await pool.ready()
    expect(names()).toEqual(['a', 'b'])
    expect(pool.members[1]).toMatchObject({ weight: 2 })
    write({ members: ['c'] })
    await soon(() => expect(names()).toEqual(['c']))
    expect(faults()).toEqual([])
  })

  it('sees each kind of change: written, appended, replaced, and again', async () => {
    write(['a'])
    const { pool, names, soon } = made({ parse: (text) => text.match(/[a-z]+/g) })
    await pool.ready()
    appendFileSync(file, '\n["b"]')
    await soon(() => expect(names()).toEqual(['a', 'b']))
    for (const next of ['c', 'd', 'e']) {
      replace([next])
      await soon(() => expect(names()).toEqual([next]))
    }
  })

  it('reads what was written in pieces once, after it has settled', async () => {
    write(['a'])
    const parse = vi.fn((text: string) => JSON.parse(text))
    const { clock, pool, names, soon } = made({ parse, settle: 200 })
    await pool.ready()
    for (let i = 0; i < 50; i++) write([`m${i}`])
    await vi.waitFor(() => expect(clock.pending).toBe(2))
    expect(parse).toHaveBeenCalledTimes(1)
    await soon(() => expect(names()).toEqual(['m49']))
    expect(parse.mock.calls.length).toBeLessThan(5)
  })

  it('follows a mounted ConfigMap, where the folder behind the link is exchanged', async () => {
    const version = (name: string, members: readonly string[]) => {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'members.json'), JSON.stringify(members))
      symlinkSync(name, join(folder, '..data_tmp'))
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    }
    version('..1', ['a'])
    symlinkSync(join('..data', 'members.json'), file)
    const { pool, names, soon } = made()
    await pool.ready()
    expect(names()).toEqual(['a'])
    version('..2', ['b'])
    await soon(() => expect(names()).toEqual(['b']))
  })

  it('ignores changes of other files in the folder', async () => {
    write(['a'])
    const { clock, pool } = made()
    await pool.ready()
    const [watcher] = watchers.made
    const heard = new Promise((resolve) => watcher?.once('change', resolve))
    writeFileSync(join(folder, 'other.json'), '1')
    await heard
    expect(clock.pending).toBe(1)
  })

  it('polls where the watch reports no changes', async () => {
    write(['a'])
    const { clock, pool, names, soon } = made({ every: '10s' })
    await pool.ready()
    for (const watcher of watchers.made) watcher.close()
    replace(['b'])
    await clock.advance(9000)
    expect(names()).toEqual(['a'])
    await clock.advance(1000)
    await soon(() => expect(names()).toEqual(['b']))
  })

  it('reads again what changed while it was being read', async () => {
    write(['a'])
    let release = (): void => {}
    const slow = vi.fn(async (text: string) => {
      await new Promise<void>((resolve) => (release = resolve))
      return JSON.parse(text)
    })
    const { clock, pool, names, soon } = made({ parse: slow })
    const ready = pool.ready()
    await vi.waitFor(() => expect(slow).toHaveBeenCalledTimes(1))
    replace(['b'])
    await vi.waitFor(() => expect(clock.pending).toBe(2))
    await clock.advance(60)
    release()
    await ready
    expect(names()).toEqual(['a'])
    await soon(() => {
      release()
      expect(names()).toEqual(['b'])
    })
  })

  it('takes a file URL, and a path from where the process is', async () => {
    write(['a'])
    const { pool, names } = made({}, pathToFileURL(file))
    await pool.ready()
    expect(names()).toEqual(['a'])

    const relative = made({}, 'package.json')
    await relative.pool.ready()
    expect(relative.faults()[0]).toBe(
      `TypeError: fileMembers: ${join(process.cwd(), 'package.json')} has no array of members, got undefined`,
    )
  })

  it('takes a byte order mark for none', async () => {
    writeFileSync(file, '\uFEFF["a"]')
    const { pool, names } = made()
    await pool.ready()
    expect(names()).toEqual(['a'])
  })
})

describe('a file that', () => {
  const makeFolder = () => {
    unlinkSync(file)
    mkdirSync(file)
  }

  it.each([
    ['is half written', () => writeFileSync(file, '["a", "b'), 'cannot be parsed: Unterminated string'],
    ['is emptied', () => truncateSync(file), 'cannot be parsed: Unexpected end of JSON input'],
    ['is something else', () => write({ hosts: ['x'] }), 'has no array of members, got undefined'],
    ['is null', () => write(null), 'has no array of members, got null'],
    ['is deleted', () => unlinkSync(file), 'ENOENT'],
    ['is a folder', makeFolder, 'EISDIR'],
    ['has no member', () => write([]), 'file: gave no member, the last list stays'],
    ['has no right member', () => write([null]), 'a member must have a target, got null'],
  ])('%s keeps the last list, emits a fault, and is read again once it is valid', async (_, spoil, message) => {
    write(['a'])
    const { pool, names, faults, soon } = made()
    await pool.ready()
    spoil()
    await soon(() => expect(faults().join()).toContain(message))
    expect(names()).toEqual(['a'])
    rmSync(file, { recursive: true, force: true })
    replace(['b'])
    await soon(() => expect(names()).toEqual(['b']))
  })

  it('is not there yet is waited for, beside `initial`', async () => {
    const { pool, names, faults, soon } = made({ initial: ['seed'] })
    await pool.ready()
    expect(faults()[0]).toContain('ENOENT')
    expect(names()).toEqual(['seed'])
    replace(['a'])
    await soon(() => expect(names()).toEqual(['a']))
  })

  it('lies in a folder that is not there yet, or is exchanged, is found by polling', async () => {
    rmSync(folder, { recursive: true })
    const { pool, names, faults, soon } = made({ every: 200 })
    await pool.ready()
    expect(faults()[0]).toContain('ENOENT')
    mkdirSync(folder)
    write(['a'])
    await soon(() => expect(names()).toEqual(['a']))
    // Another folder by the same name: its changes are seen, too.
    renameSync(folder, `${folder}-old`)
    mkdirSync(folder)
    write(['b'])
    await soon(() => expect(names()).toEqual(['b']))
    expect(faults().filter((fault) => !fault.includes('ENOENT'))).toEqual([])
  })

  it('cannot be parsed by a function that throws anything', async () => {
    write(['a'])
    const { pool, faults } = made({
      parse: () => {
        throw 'no'
      },
    })
    await pool.ready()
    expect(faults()).toEqual([`TypeError: fileMembers: ${file} cannot be parsed: "no"`])
  })

  it('is never read to its end is given up', async () => {
    write(['a'])
    const { clock, pool, faults } = made({ parse: () => new Promise(() => {}), timeout: '2s' })
    const ready = pool.ready()
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await clock.settle(ready)
    expect(faults()).toEqual(['TimeoutError: The check took too long'])
  })
})

describe('a watch that', () => {
  it('cannot be made emits a fault, and the file is polled', async () => {
    watchers.refuse = true
    write(['a'])
    const { pool, names, faults, soon } = made({ every: 200 })
    await pool.ready()
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: ENOSPC: no watch left'])
    replace(['b'])
    await soon(() => expect(names()).toEqual(['b']))
    watchers.refuse = false
    const before = faults().length
    await soon(() => expect(watchers.made.length).toBeGreaterThan(1))
    expect(faults().length - before).toBeLessThan(2)
  })

  it('breaks is made again', async () => {
    write(['a'])
    const { pool, names, soon } = made({ every: 200 })
    await pool.ready()
    watchers.made[0]?.emit('error', new Error('broken'))
    await soon(() => expect(watchers.made.length).toBeGreaterThan(1))
    replace(['b'])
    await soon(() => expect(names()).toEqual(['b']))
  })

  it('is closed with the pool, in the middle of reading too, and leaves nothing on the clock', async () => {
    write(['a'])
    let release = (): void => {}
    const parse = vi.fn(async () => {
      await new Promise<void>((resolve) => (release = resolve))
      return ['a']
    })
    const { clock, pool } = made({ parse })
    void pool.ready()
    await vi.waitFor(() => expect(parse).toHaveBeenCalledTimes(1))
    replace(['b'])
    await vi.waitFor(() => expect(clock.pending).toBe(2))
    await clock.advance(60)
    pool.close()
    release()
    await clock.advance(1000)
    expect(clock.pending).toBe(0)
    expect(parse).toHaveBeenCalledTimes(1)
  })

  it('holds no process', async () => {
    write(['a'])
    const bundle = join(folder, 'bundle.mjs')
    await build({
      stdin: {
        contents: `
          import { failoverPool } from 'holdfast/failover'
          import { fileMembers } from 'holdfast/file'
          const pool = failoverPool(fileMembers(${JSON.stringify(file)}))
          await pool.ready()
          console.log(pool.members.map(({ name }) => name).join())`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      external: ['p-retry'],
      tsconfigRaw: {
        compilerOptions: {
          paths: { 'holdfast/file': ['./src/adapters/file/index.ts'], 'holdfast/*': ['./src/*/index.ts'] },
        },
      },
    })
    const { stdout, status } = spawnSync(process.execPath, [bundle], { encoding: 'utf8', timeout: 10_000 })
    expect([stdout.trim(), status]).toEqual(['a', 0])
  })
})

describe('the options', () => {
  it.each([
    ['', {}, 'fileMembers: path must be a path or a file URL, got ""'],
    [5, {}, 'fileMembers: path must be a path or a file URL, got 5'],
    [new URL('http://a/b'), {}, 'fileMembers: path must be a path or a file URL, got http://a/b'],
    ['a', { settle: 0 }, 'fileMembers: settle must be a duration > 0, got 0'],
    ['a', { parse: 1 }, 'fileMembers: parse must be a function, got 1'],
    ['a', { every: -1 }, 'fileMembers: every must be a duration > 0, got -1'],
    ['a', { ttl: 1 }, 'fileMembers: "ttl" is not an option'],
  ])('are refused where they are wrong: %s %j', (path, options, message) => {
    expect(() => fileMembers(path as string, options as never)).toThrow(message)
  })
})
