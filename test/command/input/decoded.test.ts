import { describe, expect, it } from 'vitest'
import { InputError, UsageError } from '../../../src/command/errors.ts'
import { type Decoding, decoded, parseEncoding } from '../../../src/command/input/decoded.ts'

async function read(bytes: Uint8Array, asked?: string, piece = 1) {
  const decoding: Decoding = { encoding: 'utf-8', damaged: false }
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
  }
  let text = ''
  for await (const part of decoded(pieces(), asked, decoding)) text += part
  return { text, ...decoding }
}

const text = 'time,state,component\n2026-01-01,up,Zürich 東京 🔥\n'
const wide = Buffer.from(text, 'utf16le')
const swapped = Buffer.from(wide).swap16()

describe('text', () => {
  it.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ['UTF-16', wide, 'utf-16le'],
    ['UTF-16 with a mark', Buffer.concat([Buffer.of(0xff, 0xfe), wide]), 'utf-16le'],
    ['UTF-16, turned around', swapped, 'utf-16be'],
    ['UTF-16, turned around, with a mark', Buffer.concat([Buffer.of(0xfe, 0xff), swapped]), 'utf-16be'],
  ])('is read from %s, in any pieces', async (_name, bytes, encoding) => {
    for (const piece of [1, 3, 1000])
      expect(await read(bytes, undefined, piece)).toEqual({ text, encoding, damaged: false })
  })

  it('is read in a given encoding', async () => {
    const bytes = Buffer.from('Zürich', 'latin1')

    expect(await read(bytes, 'windows-1252')).toMatchObject({
      text: 'Zürich',
      encoding: 'windows-1252',
      damaged: false,
    })
    expect(await read(bytes)).toMatchObject({ text: 'Z\uFFFDrich', damaged: true })
  })

  it('may be empty', async () => {
    expect(await read(Buffer.of())).toMatchObject({ text: '', encoding: 'utf-8' })
  })

  it('must not contain zero bytes', async () => {
    const found = read(Buffer.of(1, 0, 0, 0, 2, 3))

    await expect(found).rejects.toThrow(new InputError('the file is not text: it contains zero bytes'))
  })

  it('must have a known encoding', () => {
    expect(parseEncoding(undefined)).toBeUndefined()
    expect(parseEncoding('latin1')).toBe('windows-1252')
    expect(() => parseEncoding('klingon')).toThrow(
      new UsageError('--encoding must be one such as utf-8, utf-16le, windows-1252 or shift_jis, got "klingon"'),
    )
  })
})
