/** Reads NDJSON: a line is what `tracker.record` takes, or the payload of one of its events. */
import { type BadLine, type Entry, type Log, refusal } from './entries.ts'
import type { Instants } from './instants.ts'

export function readJsonLines(text: string, instants: Instants): Log {
  const entries: Entry[] = []
  const bad: BadLine[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const entry = entryOf(line, instants)
    const why = typeof entry === 'string' ? entry : refusal(entry)
    if (why !== undefined) bad.push({ number: index + 1, why })
    else entries.push(entry as Entry)
  }
  return { entries, bad }
}

function entryOf(line: string, instants: Instants): Entry | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'it is no JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object'
  const { component, state, at, start, end, restored } = value as Record<string, unknown>
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
