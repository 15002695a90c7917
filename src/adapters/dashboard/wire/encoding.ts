/**
 * The messages as text. JSON has no line breaks, so every event is one line of data, whatever it contains.
 *
 * Facts and samples are passed as JSON, because each is encoded once for all pages.
 */
import type { Hello } from './messages.ts'

/** JSON without the line separators U+2028 and U+2029, which some parsers take for line ends. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (found) => (found === '\u2028' ? '\\u2028' : '\\u2029'))
}

/** A member of a JSON object. */
export function jsonMember(id: string, text: string): string {
  return `${json(id)}:${text}`
}

/** `facts` are members of a JSON object, `history` are elements of an array. */
export function helloText(
  fixed: Omit<Hello, 'facts' | 'history'>,
  facts: readonly string[],
  history: readonly string[],
): string {
  return `${json(fixed).slice(0, -1)},"facts":{${facts.join(',')}},"history":[${history.join(',')}]}`
}

/** The first event. A page that loses the stream reconnects after a second. */
export function helloEvent(hello: string): string {
  return `retry: 1000\nevent: hello\ndata: ${hello}\n\n`
}

export function frameEvent(at: number, set: readonly string[], removed: readonly string[]): string {
  const fields = [`"at":${at}`]
  if (set.length > 0) fields.push(`"set":{${set.join(',')}}`)
  if (removed.length > 0) fields.push(`"removed":[${removed.join(',')}]`)
  return `event: frame\ndata: {${fields.join(',')}}\n\n`
}
