/**
 * Which test files share a process, and which stand alone.
 *
 * To load src again for every file takes longer than most files run. A file stands alone where it leaves its process other
 * than it found it, or needs one as it is at the start: it replaces modules or timers, it measures time or memory, it
 * looks who subscribes in the process, or it works with real servers. All of that can be seen in its text.
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../', import.meta.url)

const replaces = /\bvi\.(mock|doMock|resetModules|useFakeTimers)\(/
const measures = /\b(performance\.now|process\.(memoryUsage|hrtime)|getActiveResourcesInfo)\b/
/** Whoever subscribes to a channel of the process, such as a page of docs, is heard in every file after it. */
const hears = /\bnode:diagnostics_channel\b/

/** Whether a test file by this path in `test`, with this text, needs a process of its own. */
export function standsAlone(path: string, text: string): boolean {
  return path.startsWith('systems/') || replaces.test(text) || measures.test(text) || hears.test(text)
}

/** The test files of this repository, by their paths in it. */
export function standing(): { readonly alone: string[]; readonly together: string[] } {
  const alone: string[] = []
  const together: string[] = []
  for (const found of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = found.replaceAll('\\', '/')
    if (!path.endsWith('.test.ts')) continue
    const list = standsAlone(path, readFileSync(new URL(path, folder), 'utf8')) ? alone : together
    list.push(`test/${path}`)
  }
  return { alone, together }
}
