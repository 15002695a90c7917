import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/failover/hashing/crc32.ts'
import { hash } from '../../../src/failover/hashing/hash.ts'

const keys = Array.from({ length: 20_000 }, (_, i) => `key-${i}`)

describe('hashes', () => {
  it('are CRC-32 over UTF-8', () => {
    expect(crc32('123456789').toString(16)).toBe('cbf43926')
    for (const text of ['', 'ä', '€', '😀', 'mixed ä€😀 text']) {
      let crc = 0xffffffff
      for (const byte of new TextEncoder().encode(text)) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
      }
      expect(crc32(text)).toBe((crc ^ 0xffffffff) >>> 0)
    }
  })

  it('spread similar names over all bits', () => {
    const seen = new Set(keys.map((key) => hash(key) >>> 20))
    expect(seen.size).toBeGreaterThan(4000)
  })
})
