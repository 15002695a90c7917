/**
 * Bytes as text: UTF-8, or UTF-16 where a mark or its zero bytes say so, or an encoding that is named.
 *
 * Without a mark, text of UTF-16 is known by its zero bytes: every second one of the letters that headers and times are made
 * of. UTF-8 has none of them.
 */
import { InputError, UsageError } from '../errors.ts'
import { startingWith } from './source.ts'

const looked = 256

export interface Decoding {
  /** As it is called, such as `utf-8`. */
  encoding: string
  /** Some bytes were no text of that encoding; a mark stands in their place. */
  damaged: boolean
}

/** @throws UsageError for an encoding that is not known. */
export function parseEncoding(label: string | undefined): string | undefined {
  if (label === undefined) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    throw new UsageError(
      `--encoding must be one such as utf-8, utf-16le, windows-1252 or shift_jis, got ${JSON.stringify(label)}`,
    )
  }
}

/** Writes down in `decoding` what it finds. */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  asked: string | undefined,
  decoding: Decoding,
): AsyncGenerator<string> {
  const chunks = startingWith(bytes, looked)
  const first = (await chunks.next()).value as Uint8Array
  decoding.encoding = asked ?? encodingOf(first)
  const decoder = new TextDecoder(decoding.encoding)
  yield heard(decoder.decode(first, { stream: true }), decoding)
  for await (const chunk of chunks) yield heard(decoder.decode(chunk, { stream: true }), decoding)
  yield heard(decoder.decode(), decoding)
}

function heard(text: string, decoding: Decoding): string {
  if (text.includes('\0')) throw new InputError('it is no text: there are zero bytes in it')
  decoding.damaged ||= text.includes('\uFFFD')
  return text
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const seen = bytes.subarray(0, looked)
  for (const [index, byte] of seen.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] as number) + 1
  const [even = 0, odd = 0] = zeros
  // Three of four letters: some may be of the Far East.
  const most = (seen.length / 2) * 0.75
  if (odd > 0 && odd >= most && even === 0) return 'utf-16le'
  return even > 0 && even >= most && odd === 0 ? 'utf-16be' : 'utf-8'
}
