/**
 * Where the records are in a JSON document: services answer with an object that has a list of them, `{"incidents": […]}`, and
 * some with lists in that list.
 *
 * What stands beside a list is about all that is in it, so each record has it too, with a `^` in front: the name of the
 * monitor beside its log is `^friendly_name` of each line of that log.
 */
import { isObject, type JsonObject } from './flat-record.ts'

/** In this order: an object is looked into by the first of these that it has. */
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

/** Values of the records in a value, as far as lists go; undefined where it has no list. */
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

/** Whether there is a list in a value, which may be empty. */
export function listIn(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  return lists.find((name) => {
    const inner = value[name]
    return Array.isArray(inner) || (isObject(inner) && listIn(inner) !== undefined)
  })
}
