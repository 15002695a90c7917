/** JSON in which no line separator stands, whoever reads it; lone surrogates are escaped by the platform. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (found) => (found === '\u2028' ? '\\u2028' : '\\u2029'))
}
