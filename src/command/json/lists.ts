/**
 * Finds the records in a JSON document: services answer with an object that contains a list, `{"incidents": […]}`, and some
 * with lists in that list.
 *
 * Fields beside a list apply to all its records, so each record gets them with a `^` prefix: the name of a monitor beside its
 * log is `^friendly_name` of each line of that log.
 */
import { isObject, type JsonObject } from './flat-record.ts'

/** In order of preference: the first of these in an object is used. */
const lists = [
  'incidents',
  'scheduled_maintenances',
  'issues',
  'alerts',
  'outages',
  'records',
  'monitors',
  'logs',
  'heartbeats',
  'states',
  'data',
  'results',
  'result',
  'items',
  'values',
  'events',
  'summary',
  'report',
]

/** The records in a value, through nested lists; the value itself if it has no list. */
export function* recordsIn(value: unknown, isRecord: (value: JsonObject) => boolean): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const one of value) yield* recordsIn(one, isRecord)
    return
  }
  const key = isObject(value) && !isRecord(value) ? listIn(value) : undefined
  if (key === undefined) {
    yield value
    return
  }
  const { [key]: inner, ...beside } = value as JsonObject
  const about = Object.fromEntries(
    Object.entries(beside)
      .filter(([, part]) => typeof part !== 'object')
      .map(([name, part]) => [name.startsWith('^') ? name : `^${name}`, part]),
  )
  for (const one of Array.isArray(inner) ? inner : [inner]) {
    if (isObject(one)) yield* recordsIn({ ...about, ...one }, isRecord)
    else yield one
  }
}

/** The name of the list in a value, which may be empty. Undefined if there is none. */
export function listIn(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  return lists.find((name) => {
    const inner = value[name]
    return Array.isArray(inner) || (isObject(inner) && listIn(inner) !== undefined)
  })
}
