/**
 * Serialises JSON in pieces, in the format of `JSON.stringify(value, undefined, 2)`: half a million outages exceed the longest
 * possible string.
 *
 * Long lists and objects are split recursively; short ones are written by `JSON.stringify`.
 */

type Json = Readonly<Record<string, unknown>>

/** An object without nested values is written at once. */
const isShort = (value: object): boolean =>
  Object.values(value).every((part) => typeof part !== 'object' || part === null)

export function* jsonPieces(value: unknown, indent = ''): Generator<string> {
  if (typeof value !== 'object' || value === null || isShort(value)) {
    yield JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`)
    return
  }
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  let before = isList ? '[' : '{'
  const entries = isList ? value.entries() : Object.entries(value as Json)
  for (const [key, part] of entries) {
    if (part === undefined) continue
    yield `${before}\n${inner}${isList ? '' : `${JSON.stringify(key)}: `}`
    yield* jsonPieces(part, inner)
    before = ','
  }
  yield `\n${indent}${isList ? ']' : '}'}`
}
