/**
 * A line of a log: the CRC-32 of its JSON in eight hex digits, a space, the JSON, a line feed.
 *
 * JSON contains no line feed, so a complete line ends at its line feed; the checksum verifies its content.
 */
import { crc32, gunzipSync, gzipSync } from 'node:zlib'

const feed = 10
const prefix = 9
const toBytes = new TextEncoder()
const toText = new TextDecoder()

export function lineOf(value: unknown): string {
  const json = JSON.stringify(value)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

export function bytesOf(text: string): Uint8Array {
  return toBytes.encode(text)
}

/** The value of a line; undefined if the checksum does not match. */
export function valueIn(line: Uint8Array): unknown {
  const json = line.subarray(prefix)
  const sum = crc32(json).toString(16).padStart(8, '0')
  if (toText.decode(line.subarray(0, prefix)) !== `${sum} `) return undefined
  try {
    return JSON.parse(toText.decode(json))
  } catch {
    return undefined
  }
}

/** The lines of a file without their line feeds, and where each ends; an incomplete last line has no end. */
export function* linesIn(
  bytes: Uint8Array,
): Generator<{ readonly line: Uint8Array; readonly end: number | undefined }> {
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(feed, start)
    if (at < 0) yield { line: bytes.subarray(start), end: undefined }
    else yield { line: bytes.subarray(start, at), end: at + 1 }
    start = at < 0 ? bytes.length : at + 1
  }
}

/** Compresses bytes. */
export function packed(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes)
}

/** Decompresses bytes, if they are compressed: no line begins like a gzip stream. */
export function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch {
    return bytes
  }
}
