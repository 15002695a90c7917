/** CRC-32 as in Ethernet and zlib (polynomial 0xEDB88320), over bytes or the UTF-8 bytes of a string. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** The first value of a running CRC; `crc32End` gives its result. */
export const crc32Start = 0xffffffff

export function crc32Byte(crc: number, byte: number): number {
  return (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
}

export function crc32Text(crc: number, text: string): number {
  let value = crc
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number
    if (point < 0x80) value = crc32Byte(value, point)
    else {
      if (point > 0xffff) i++
      value = utf8(value, point)
    }
  }
  return value
}

export function crc32End(crc: number): number {
  return (crc ^ 0xffffffff) >>> 0
}

export function crc32(text: string): number {
  return crc32End(crc32Text(crc32Start, text))
}

function utf8(crc: number, point: number): number {
  const last = (value: number, shift: number): number => crc32Byte(value, 0x80 | ((point >>> shift) & 0x3f))
  if (point < 0x800) return last(crc32Byte(crc, 0xc0 | (point >>> 6)), 0)
  if (point < 0x10000) return last(last(crc32Byte(crc, 0xe0 | (point >>> 12)), 6), 0)
  return last(last(last(crc32Byte(crc, 0xf0 | (point >>> 18)), 12), 6), 0)
}
