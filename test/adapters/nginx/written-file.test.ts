import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeWhole } from '../../../src/adapters/nginx/written-file.ts'

let folder = ''
let path = ''
let handles: FileHandle

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-written-'))
  path = join(folder, 'api.conf')
  const probe = join(folder, 'probe')
  const handle = await open(probe, 'w')
  handles = Object.getPrototypeOf(handle)
  await handle.close()
  rmSync(probe)
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const coded = (code: string) => Object.assign(new Error(code), { code })
const modeOf = (of: string) => statSync(of).mode & 0o7777

describe('a file that is replaced atomically', () => {
  it('is created, with the mode of new files', async () => {
    writeFileSync(join(folder, 'plain'), '')

    expect(await writeWhole(path, 'new')).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(modeOf(path)).toBe(modeOf(join(folder, 'plain')))
    expect(await writeWhole(path, 'new')).toBe(false)
  })

  it.each([0o600, 0o640, 0o664, 0o777])('keeps its mode %o', async (mode) => {
    writeFileSync(path, 'old')
    chmodSync(path, mode)
    await writeWhole(path, 'new')

    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(modeOf(path)).toBe(mode)
  })

  it('keeps its owner and its group', async () => {
    writeFileSync(path, 'old')
    const [uid, gid] = [process.getuid?.() || 65534, process.getgid?.() || 65534]
    // Another one than ours where we are root; else only our own can be given.
    chownSync(path, uid, gid)
    chmodSync(path, 0o640)
    await writeWhole(path, 'new')

    expect(statSync(path)).toMatchObject({ uid, gid })
    expect(modeOf(path)).toBe(0o640)
  })

  it('is replaced, so an open reader goes on with the old text', async () => {
    writeFileSync(path, 'old')
    const reader = await open(path)
    await writeWhole(path, 'new')

    expect(await reader.readFile('utf8')).toBe('old')
    await reader.close()
  })

  it('is the final target of a chain of links, which stay', async () => {
    mkdirSync(join(folder, 'there'))
    symlinkSync('there/middle.conf', path)
    symlinkSync('real.conf', join(folder, 'there/middle.conf'))
    writeFileSync(join(folder, 'there/real.conf'), 'old')
    await writeWhole(path, 'new')

    expect(readlinkSync(path)).toBe('there/middle.conf')
    expect(readFileSync(join(folder, 'there/real.conf'), 'utf8')).toBe('new')
    expect(lstatSync(join(folder, 'there/real.conf')).isSymbolicLink()).toBe(false)
    expect(readdirSync(folder).sort()).toEqual(['api.conf', 'there'])
    expect(readdirSync(join(folder, 'there')).sort()).toEqual(['middle.conf', 'real.conf'])
  })

  it('is created where a link points to nothing', async () => {
    symlinkSync('middle.conf', path)
    symlinkSync('real.conf', join(folder, 'middle.conf'))
    await writeWhole(path, 'new')

    expect(readlinkSync(path)).toBe('middle.conf')
    expect(readFileSync(join(folder, 'real.conf'), 'utf8')).toBe('new')
  })

  it('fails for a cycle of links', async () => {
    symlinkSync('other', path)
    symlinkSync('api.conf', join(folder, 'other'))

    await expect(writeWhole(path, 'new')).rejects.toMatchObject({ code: 'ELOOP' })
  })
})

describe('the temporary file', () => {
  it('has a name that no include matches, and a private mode', async () => {
    writeFileSync(path, 'old')
    chmodSync(path, 0o600)
    let seen: readonly string[] = []
    let mode = 0
    const sync = vi.spyOn(handles, 'sync').mockImplementation(async () => {
      seen = readdirSync(folder)
      mode = modeOf(join(folder, seen.find((name) => name.endsWith('.new')) as string))
    })
    await writeWhole(path, 'new')

    expect(sync).toHaveBeenCalledTimes(1)
    expect(seen).toContainEqual(expect.stringMatching(/^\.api\.conf\.\w+\.new$/))
    expect(mode).toBe(0o600)
  })

  it.each(['writeFile', 'chmod', 'sync', 'stat'] as const)(
    'is removed after %s failed, and the file stays',
    async (step) => {
      writeFileSync(path, 'old')
      vi.spyOn(handles, step).mockRejectedValue(coded('ENOSPC'))

      await expect(writeWhole(path, 'new')).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(readdirSync(folder)).toEqual(['api.conf'])
      expect(readFileSync(path, 'utf8')).toBe('old')
    },
  )

  it('is removed if a writer that was killed left it, but not while another writes', async () => {
    const [left, fresh, other] = ['.api.conf.a1.new', '.api.conf.b2.new', '.web.conf.c3.new']
    const long = new Date(Date.now() - 3_600_000)
    for (const name of [left, fresh, other]) writeFileSync(join(folder, name), 'part')
    for (const name of [left, other]) utimesSync(join(folder, name), long, long)
    // A link to nothing: it cannot be read, as one that is removed before it is looked at.
    symlinkSync('nowhere', join(folder, '.api.conf.d4.new'))
    await writeWhole(path, 'new')

    expect(existsSync(join(folder, left))).toBe(false)
    expect(readdirSync(folder)).toEqual(expect.arrayContaining([fresh, other, 'api.conf']))
  })
})

describe('a file that cannot be replaced', () => {
  beforeEach(() => {
    writeFileSync(path, 'the old text, a longer one')
    chmodSync(path, 0o640)
  })

  it.each(['EPERM', 'EACCES', 'EBUSY', 'EROFS', 'EXDEV'])('is overwritten in place for %s', async (code) => {
    const { ino } = statSync(path)
    vi.spyOn(handles, 'chmod').mockRejectedValue(coded(code))

    expect(await writeWhole(path, 'the new text')).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('the new text')
    expect(statSync(path).ino).toBe(ino)
    expect(modeOf(path)).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['api.conf'])
  })

  it('is written in as many pieces as necessary', async () => {
    vi.spyOn(handles, 'chmod').mockRejectedValue(coded('EPERM'))
    const { write } = handles
    const byByte = async function (this: FileHandle, bytes: unknown, at: unknown): Promise<unknown> {
      return Reflect.apply(write, this, [bytes, at, 1, at])
    }
    vi.spyOn(handles, 'write').mockImplementation(byByte as never)
    await writeWhole(path, 'größer')

    expect(readFileSync(path, 'utf8')).toBe('größer')
  })

  it('keeps its old text when that fails', async () => {
    vi.spyOn(handles, 'chmod').mockRejectedValue(coded('EPERM'))
    vi.spyOn(handles, 'truncate').mockRejectedValueOnce(coded('ENOSPC'))

    await expect(writeWhole(path, 'the new text')).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(readFileSync(path, 'utf8')).toBe('the old text, a longer one')
  })

  it('fails with the first error when nothing works', async () => {
    vi.spyOn(handles, 'chmod').mockRejectedValue(coded('EPERM'))
    vi.spyOn(handles, 'write').mockRejectedValueOnce(coded('ENOSPC')).mockRejectedValue(coded('EIO'))

    await expect(writeWhole(path, 'the new text')).rejects.toMatchObject({ code: 'ENOSPC' })
  })
})
