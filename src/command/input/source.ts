/** The bytes of a log, from a file or standard input. */
import { createReadStream } from 'node:fs'
import { InputError } from '../errors.ts'

export interface Piped {
  readonly stdin: NodeJS.ReadableStream
}

/** The path `-` means standard input. */
export async function* bytesOf(path: string, piped: Piped): AsyncGenerator<Uint8Array> {
  try {
    const stream = path === '-' ? piped.stdin : createReadStream(path, { highWaterMark: 1 << 18 })
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** The same bytes, with a first chunk of at least `length`, if there are as many. */
export async function* startingWith(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let first: Uint8Array[] | undefined = []
  let size = 0
  for await (const chunk of bytes) {
    if (first === undefined) {
      yield chunk
      continue
    }
    first.push(chunk)
    size += chunk.length
    if (size < length) continue
    yield Buffer.concat(first)
    first = undefined
  }
  if (first !== undefined) yield Buffer.concat(first)
}
