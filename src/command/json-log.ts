/**
 * Reads NDJSON: a line is what `tracker.record` takes, with times of the wall clock.
 *
 * An incident that was open is closed by a later line with the same component, state and start.
 */
import { type BadLine, type Entry, type Log, refusal } from './entries.ts'
import type { Instants } from './instants.ts'

export function readJsonLines(text: string, instants: Instants): Log {
  const entries: Entry[] = []
  const bad: BadLine[] = []
  const open = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const entry = entryOf(line, instants)
    const why = typeof entry === 'string' ? entry : refusal(entry)
    if (why !== undefined) bad.push({ number: index + 1, why })
    else put(entry as Entry, entries, open)
  }
  return { entries, bad }
}

function put(entry: Entry, entries: Entry[], open: Map<string, number>): void {
  if ('at' in entry) {
    entries.push(entry)
    return
  }
  const key = JSON.stringify([entry.component, entry.state, entry.start])
  const known = open.get(key)
  if (known !== undefined) entries[known] = entry
  else if (entry.end === Number.POSITIVE_INFINITY) open.set(key, entries.push(entry) - 1)
  else entries.push(entry)
}

function entryOf(line: string, instants: Instants): Entry | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'it is not JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object'
  const { component, state, at, start, end, restored, startCensored } = value as Record<string, unknown>
  if (startCensored !== undefined) return 'it is an event of a tracker, whose times only its own process knows'
  const name = typeof component === 'string' ? component : ''
  const read = (instant: unknown): number => instants.read(String(instant))
  if (start === undefined) return { component: name, state: String(state), at: read(at) }
  const until = end ?? restored ?? null
  return {
    component: name,
    state: String(state ?? 'down'),
    start: read(start),
    end: until === null ? Number.POSITIVE_INFINITY : read(until),
  }
}
