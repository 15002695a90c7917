/**
 * JSON piece by piece, as `JSON.stringify(value, undefined, 2)` has it: half a million outages are more than a string can hold.
 *
 * Lists and objects are opened down to where they are short; what is short is written by `JSON.stringify`.
 */

type Json = Readonly<Record<string, unknown>>

/** An object with so few fields and no lists in it is written at once. */
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
