/** Server-sent events as text. JSON has no line breaks, so an event is one line of data whatever is in it. */

/** The first event; a page that has lost the stream comes again after a second. */
export function greeting(hello: string): string {
  return `retry: 1000\nevent: hello\ndata: ${hello}\n\n`
}

export function frame(at: number, set: readonly string[], gone: readonly string[]): string {
  const fields = [`"at":${at}`]
  if (set.length > 0) fields.push(`"set":{${set.join(',')}}`)
  if (gone.length > 0) fields.push(`"gone":[${gone.join(',')}]`)
  return `event: frame\ndata: {${fields.join(',')}}\n\n`
}
