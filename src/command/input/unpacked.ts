/**
 * Decompresses gzip, whatever the name of the file; other bytes are passed on. Other formats are recognised by their first bytes
 * and refused by name, since their content would only cause strange messages about columns.
 */
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InputError } from '../errors.ts'
import { startingWith } from './source.ts'

const gzip = [0x1f, 0x8b]

const refused: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 3, 4], 'a ZIP archive or an Excel workbook: save its sheet as CSV, or unpack it first'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook: save its sheet as CSV'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with zstd: unpack it first, as in zstd -dc log.zst | holdfast report -'],
  [[0x42, 0x5a, 0x68], 'packed with bzip2: unpack it first, as in bzip2 -dc log.bz2 | holdfast report -'],
  [[0xfd, 0x37, 0x7a, 0x58], 'packed with xz: unpack it first, as in xz -dc log.xz | holdfast report -'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF: export the log as CSV or JSON'],
  [[0x53, 0x51, 0x4c, 0x69], 'an SQLite database: export a table, as in sqlite3 -header -csv file.db "select …"'],
]

/** Calls `packed` if it is gzip. */
export async function* unpacked(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  packed: () => void,
): AsyncGenerator<Uint8Array> {
  const chunks = startingWith(bytes, 4)
  const first = await chunks.next()
  const head = first.value as Uint8Array
  for (const [magic, what] of refused) if (begins(head, magic)) throw new InputError(`${name} is ${what}`)
  const all = again(head, chunks)
  if (!begins(head, gzip)) {
    yield* all
    return
  }
  packed()
  const gunzip = createGunzip()
  // The reader of `gunzip` gets the errors; the pipeline forwards them.
  pipeline(Readable.from(all), gunzip, () => {})
  try {
    for await (const chunk of gunzip) yield chunk
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${name} cannot be unpacked: its gzip data is damaged or truncated`)
  }
}

async function* again(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  yield* rest
}

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
