/**
 * Which test files share a process, and which run in one of their own.
 *
 * Loading src again for every file takes longer than most files run. A file needs a process of its own if it leaves the
 * process changed, or needs a fresh one: it replaces modules or timers, measures time or memory, lists the subscribers
 * of the process, or works with real servers. Its text shows all of that.
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../', import.meta.url)

const replaces = /\bvi\.(mock|doMock|resetModules|useFakeTimers)\(/
const measures = /\b(performance\.now|process\.(memoryUsage|hrtime)|getActiveResourcesInfo|overheadOf)\b/
/** A subscription to a channel of the process receives the events of every file after it. */
const subscribes = /\bnode:diagnostics_channel\b/

/** Whether a test file by this path in `test`, with this text, needs a process of its own. */
export function needsOwnProcess(path: string, text: string): boolean {
  return path.startsWith('systems/') || replaces.test(text) || measures.test(text) || subscribes.test(text)
}

/** The test files of this repository, by their paths in it. */
export function projects(): { readonly alone: string[]; readonly together: string[] } {
  const alone: string[] = []
  const together: string[] = []
  for (const found of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = found.replaceAll('\\', '/')
    if (!path.endsWith('.test.ts')) continue
    const list = needsOwnProcess(path, readFileSync(new URL(path, folder), 'utf8')) ? alone : together
    list.push(`test/${path}`)
  }
  return { alone, together }
}
