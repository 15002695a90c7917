/** Hashes of strings to 32 bits, good enough to spread keys; not for secrets. */

/** Mixes the bits of a number: the finaliser of MurmurHash3 (A. Appleby, public domain). */
export function mix(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** FNV-1a over UTF-16 units, mixed; 0 to 2^32 - 1. */
export function hash(text: string, seed = 0x811c9dc5): number {
  let value = seed
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return mix(value)
}

/** A hash as a number in (0, 1), both ends excluded. */
export function unit(value: number): number {
  return (value + 0.5) / 2 ** 32
}
