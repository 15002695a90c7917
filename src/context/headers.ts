/**
 * Headers of HTTP and of gRPC, in the forms that programs have them: `Headers`, `IncomingHttpHeaders`, plain objects, pairs, and
 * the `Metadata` of grpc-js.
 */

/** Names with values, as `Headers`, a `Map` or an array of pairs has them. */
export type HeaderEntries = Iterable<readonly [name: string, value: unknown]>

/** What has a header by its name, such as the `Metadata` of grpc-js. */
export interface HeaderLookup {
  get(name: string): unknown
}

/** Headers that are read. */
export type ReadableHeaders = HeaderEntries | HeaderLookup | Readonly<Record<string, unknown>>

/** Headers with a method to set one: `Headers`, a `Map`, `Metadata`. */
export interface HeaderSetter {
  set(name: string, value: string): unknown
}

/** Headers that are written. */
export type WritableHeaders = HeaderSetter | [name: string, value: string][] | { [name: string]: unknown }

/** All values of a header, from as many fields and lists as there are. */
export function headerValues(headers: ReadableHeaders, name: string): readonly string[] {
  return fieldsOf(headers, name)
    .flat()
    .filter((value): value is string => typeof value === 'string')
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
}

function fieldsOf(headers: ReadableHeaders, name: string): readonly unknown[] {
  if (!(Symbol.iterator in headers) && typeof headers['get'] === 'function') return [headers.get(name)]
  const entries = Symbol.iterator in headers ? [...(headers as HeaderEntries)] : Object.entries(headers)
  return entries.filter(([given]) => isNamed(given, name)).map(([, value]) => value)
}

function isNamed(given: string, name: string): boolean {
  return given.toLowerCase() === name
}

/** Sets a header, in place of what it had. */
export function setHeader(headers: WritableHeaders, name: string, value: string): void {
  if (Array.isArray(headers)) {
    const others = headers.filter(([given]) => !isNamed(given, name))
    headers.splice(0, headers.length, ...others, [name, value])
  } else if (isSetter(headers)) headers.set(name, value)
  else {
    for (const given of Object.keys(headers)) if (isNamed(given, name)) delete headers[given]
    headers[name] = value
  }
}

function isSetter(headers: object): headers is HeaderSetter {
  return 'set' in headers && typeof headers.set === 'function'
}
