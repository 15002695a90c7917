/**
 * Flattens a JSON object to text fields. Nested values are named by their path, `service.summary`, and by their index in a list,
 * `labels.0.name`. Null is an empty field. Values nested deeper than any log needs are omitted.
 */

export type JsonObject = Readonly<Record<string, unknown>>

const deepest = 4
const listed = 3

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function flatRecord(record: JsonObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  flatten(record, '', 1, fields)
  return fields
}

function flatten(value: object, path: string, depth: number, into: Map<string, string>): void {
  const entries = Array.isArray(value) ? [...value.slice(0, listed).entries()] : Object.entries(value)
  for (const [key, part] of entries) {
    const name = `${path}${key}`
    if (typeof part !== 'object') into.set(name, String(part))
    else if (part === null) into.set(name, '')
    else if (depth < deepest) flatten(part, `${name}.`, depth + 1, into)
  }
}
