import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/command/errors.ts'
import { unpacked } from '../../../src/command/input/unpacked.ts'

async function read(bytes: Uint8Array, piece = 1, failure?: Error) {
  let packed = false
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
    if (failure !== undefined) throw failure
  }
  const parts: Uint8Array[] = []
  const tell = (): void => {
    packed = true
  }
  for await (const part of unpacked('log', pieces(), tell)) parts.push(part)
  return { packed, text: Buffer.concat(parts).toString() }
}

describe('compressed input', () => {
  it('is decompressed if it is gzip, and passed on otherwise', async () => {
    const text = 'a,b\n'.repeat(10_000)

    for (const piece of [1, 7, 100_000]) {
      expect(await read(gzipSync(text), piece)).toEqual({ packed: true, text })
      expect(await read(Buffer.from(text), piece)).toEqual({ packed: false, text })
    }
    expect(await read(Buffer.of())).toEqual({ packed: false, text: '' })
    expect(await read(Buffer.concat([gzipSync('a'), gzipSync('b')]))).toEqual({ packed: true, text: 'ab' })
  })

  it('is refused if it is truncated or damaged', async () => {
    const bytes = gzipSync('a,b\n'.repeat(1000))
    const wrong = new InputError('log cannot be unpacked: its gzip data is damaged or truncated')

    await expect(read(bytes.subarray(0, bytes.length - 9))).rejects.toThrow(wrong)
    await expect(read(Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(50, 0xff)]))).rejects.toThrow(wrong)
  })

  it('fails with the error of its bytes', async () => {
    const failure = new InputError('log cannot be read: EIO')

    await expect(read(gzipSync('a').subarray(0, 12), 1, failure)).rejects.toBe(failure)
  })

  it.each([
    ['PK\x03\x04', 'a ZIP archive or an Excel workbook'],
    ['\xD0\xCF\x11\xE0', 'an old Excel workbook'],
    ['\x28\xB5\x2F\xFD', 'packed with zstd'],
    ['BZh', 'packed with bzip2'],
    ['\xFD7zX', 'packed with xz'],
    ['%PDF', 'a PDF'],
    ['SQLite format 3', 'an SQLite database'],
  ])('is refused by name: %j', async (magic, what) => {
    await expect(read(Buffer.from(`${magic}…`, 'latin1'))).rejects.toThrow(`log is ${what}`)
  })
})
