/**
 * A file that is always whole: written beside itself and renamed into place, and only where its text is another.
 *
 * What stands there keeps its mode and its owner, and a link stays a link to it. Where that cannot be done by a file beside
 * it (its owner is another user, its folder may not be written to, or it is mounted by itself), it is written over in its
 * place. Invariant: who reads it sees the old text or the new one, never a part; written over, that holds but for the moment
 * of the write. A writer that was killed leaves a file beside it, which the next one removes.
 */
import { type FileHandle, open, readdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { systemRandom } from '../../core/random.ts'

/** No writer takes as long, in ms. */
const abandonedAfter = 60_000
/** Why a file cannot be replaced though it may be writable. */
const inPlaceFor = new Set<unknown>(['EACCES', 'EBUSY', 'EPERM', 'EROFS', 'EXDEV'])

/** Makes the file at `path` hold `text`. Gives whether it did not before. */
export async function writeWhole(path: string, text: string): Promise<boolean> {
  const real = await followed(path)
  const before = await present(real)
  if (before === text) return false
  try {
    await replace(real, text, before !== undefined)
  } catch (error) {
    if (before === undefined || !inPlaceFor.has(codeOf(error))) throw error
    await writeOver(real, text, before)
  }
  return true
}

async function replace(path: string, text: string, exists: boolean): Promise<void> {
  const folder = dirname(path)
  // Names that neither `include *` nor `include *.conf` matches, each of one writer alone.
  const prefix = `.${basename(path)}.`
  const beside = join(folder, `${prefix}${systemRandom().toString(36).slice(2)}.new`)
  const file = await open(beside, 'wx', exists ? 0o600 : 0o666)
  try {
    try {
      await file.writeFile(text)
      if (exists) await dress(file, path)
      await file.sync()
      await removeAbandoned(folder, prefix, (await file.stat()).mtimeMs)
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await removed(beside)
    throw error
  }
}

/** Gives a new file the owner and the mode of the one it is to replace. */
async function dress(file: FileHandle, path: string): Promise<void> {
  const [{ uid, gid, mode }, own] = await Promise.all([stat(path), file.stat()])
  if (uid !== own.uid || gid !== own.gid) await file.chown(uid, gid)
  await file.chmod(mode & 0o7777)
}

/** What cannot be removed stays: the file itself is what matters. */
async function removeAbandoned(folder: string, prefix: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.new')) continue
    const path = join(folder, name)
    const { mtimeMs = now } = (await stat(path).catch(() => undefined)) ?? {}
    if (now - mtimeMs > abandonedAfter) await removed(path)
  }
}

function removed(path: string): Promise<void> {
  return rm(path, { force: true }).catch(() => {})
}

/** Puts back what was there where it fails: the room for that has not been given up yet. */
async function writeOver(path: string, text: string, before: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await fill(file, text)
  } catch (error) {
    await fill(file, before).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

async function fill(file: FileHandle, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten
  await file.truncate(bytes.length)
  await file.sync()
}

/** What a link points to in the end, be it there or not; else the path itself. */
async function followed(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const link = await readlink(path).catch(() => undefined)
  return link === undefined ? path : followed(resolve(dirname(path), link))
}

/** Its text, or undefined where there is no file yet. */
async function present(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code
}
