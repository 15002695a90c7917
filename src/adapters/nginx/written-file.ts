/**
 * Replaces a file atomically: writes a temporary file and renames it, and only if the text differs.
 *
 * The file keeps its mode and owner, and a link stays a link. If a rename cannot do that (another user owns the file, the
 * folder is not writable, or the file is a mount point), the file is overwritten in place.
 * Invariant: a reader sees the old text or the new one, never a part; an overwrite in place breaks that only while it writes.
 * A writer that was killed leaves a temporary file, which the next writer removes.
 */
import { type FileHandle, open, readdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { systemRandom } from '../../core/random.ts'

/** A temporary file older than this, in ms, belongs to no running writer. */
const abandonedAfter = 60_000
/** Errors of a file that cannot be replaced but may be writable. */
const inPlaceFor = new Set<unknown>(['EACCES', 'EBUSY', 'EPERM', 'EROFS', 'EXDEV'])

/** Writes `text` to the file at `path`. Returns whether the text differs from before. */
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
  // A name that neither `include *` nor `include *.conf` matches, unique to this writer.
  const prefix = `.${basename(path)}.`
  const beside = join(folder, `${prefix}${systemRandom().toString(36).slice(2)}.new`)
  const file = await open(beside, 'wx', exists ? 0o600 : 0o666)
  try {
    try {
      await file.writeFile(text)
      if (exists) await copyOwnerAndMode(file, path)
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

/** Gives a new file the owner and mode of the file it will replace. */
async function copyOwnerAndMode(file: FileHandle, path: string): Promise<void> {
  const [{ uid, gid, mode }, own] = await Promise.all([stat(path), file.stat()])
  if (uid !== own.uid || gid !== own.gid) await file.chown(uid, gid)
  await file.chmod(mode & 0o7777)
}

/** Failures are ignored: only the file itself matters. */
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

/** Restores the old text on failure, for which the disk still has room. */
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

/** The final target of a link, whether it exists or not; the path itself if it is no link. */
async function followed(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const link = await readlink(path).catch(() => undefined)
  return link === undefined ? path : followed(resolve(dirname(path), link))
}

/** The text of the file. Undefined if it does not exist. */
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
