/**
 * Decodes bytes to text: UTF-8, UTF-16 if a byte order mark or its zero bytes show it, or a given encoding.
 *
 * Without a mark, UTF-16 is recognised by its zero bytes, every second byte of ASCII characters. UTF-8 has none of them.
 */
import { InputError, UsageError } from '../errors.ts'
import { startingWith } from './source.ts'

const looked = 256

export interface Decoding {
  /** The name of the encoding, such as `utf-8`. */
  encoding: string
  /** Whether some bytes were invalid in that encoding, and were replaced. */
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

/** Stores what it detects in `decoding`. */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  asked: string | undefined,
  decoding: Decoding,
): AsyncGenerator<string> {
  const chunks = startingWith(bytes, looked)
  const first = (await chunks.next()).value as Uint8Array
  decoding.encoding = asked ?? encodingOf(first)
  const decoder = new TextDecoder(decoding.encoding)
  yield checked(decoder.decode(first, { stream: true }), decoding)
  for await (const chunk of chunks) yield checked(decoder.decode(chunk, { stream: true }), decoding)
  yield checked(decoder.decode(), decoding)
}

function checked(text: string, decoding: Decoding): string {
  if (text.includes('\0')) throw new InputError('the file is not text: it contains zero bytes')
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
  // Three of four characters: some may not be ASCII.
  const most = (seen.length / 2) * 0.75
  if (odd > 0 && odd >= most && even === 0) return 'utf-16le'
  return even > 0 && even >= most && odd === 0 ? 'utf-16be' : 'utf-8'
}
