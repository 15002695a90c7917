/**
 * A file that is always whole: written beside itself and renamed into place, and only where its text is another.
 *
 * Invariant: who reads it sees the old text or the new one, never a part.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { systemRandom } from '../../core/random.ts'

/** Makes the file at `path` hold `text`. Gives whether it did not before. */
export async function writeWhole(path: string, text: string): Promise<boolean> {
  if ((await present(path)) === text) return false
  // A name that `include *.conf` does not match, and that no other writer has.
  const beside = `${path}.${systemRandom().toString(36).slice(2)}.new`
  try {
    await writeFile(beside, text)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  return true
}

/** Its text, or undefined where there is no file yet. */
async function present(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
