/**
 * Replaces files atomically and durably: a temporary file is written, synced and renamed, and the folder synced.
 *
 * If a folder cannot be synced, as on Windows, that step is skipped.
 */
import { constants, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const folderCannot = ['EPERM', 'EISDIR', 'EINVAL']

export function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code
}

/** Which file it is, whatever its name. */
export function idOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}

/** Which file it is, and when it was written; undefined if there is none. */
export async function writtenOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    return `${idOf(found)} ${found.mtimeMs}`
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the file at `path` hold these bytes. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`
  try {
    const file = await open(beside, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    // A full disk has no space for a useless file.
    await removeFile(beside)
    throw error
  }
  await syncFolder(path)
}

/** The bytes of a file; undefined if it does not exist. */
export async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/**
 * Copies a file to a new name beside it, unless the last copy is equal: a later step that fails is tried again, and must not
 * fill the disk with copies. Returns the name.
 */
export async function keepAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${path}.damaged-${number}`
    try {
      await copyFile(path, aside, constants.COPYFILE_EXCL)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      if (await areSame(path, aside)) return aside
      continue
    }
    const file = await open(aside, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await syncFolder(aside)
    return aside
  }
}

async function areSame(path: string, aside: string): Promise<boolean> {
  const [one, other] = [await stat(path), await stat(aside)]
  return one.size === other.size && (await readFile(path)).equals(await readFile(aside))
}

/** Makes the names in the folder of `path` durable. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!folderCannot.includes(codeOf(error) as string)) throw error
  }
}
