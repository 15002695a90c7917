/**
 * A ring of points, 160 for each unit of weight, at the same positions as in Nginx's `hash … consistent`: each point is the
 * CRC-32 of host, NUL, port and the point before, and a key belongs to the first point at or after its own CRC-32.
 *
 * So a client chooses the same server as an Nginx with the same list. O(log points) a lookup.
 */
import { type Check, integer, optional, resolveOptions } from '../../core/options.ts'
import { weightOf } from '../selection/load-score.ts'
import type { Candidate } from '../selection/selection.ts'
import { crc32, crc32Byte, crc32End, crc32Start, crc32Text } from './crc32.ts'
import type { HashTable } from './table.ts'

export interface KetamaOptions {
  /**
   * Points for a unit of weight, an integer >= 1. Default 160, as in Nginx. All members of a pool together may have four
   * million: adding a member or raising a weight beyond that is refused with a `TypeError`.
   */
  readonly points?: number
}

/** Building a ring of so many points takes about 100 MB and half a second. */
const mostPoints = 4_000_000
/** A number of 53 bits has room for a point of 32 and this many members. */
const mostMembers = 2 ** 21

/** The CRC up to the point's own bytes; a name without a port has an empty one. */
function baseOf(name: string): number {
  const colon = name.lastIndexOf(':')
  const [host, port] = colon === -1 ? [name, ''] : [name.slice(0, colon), name.slice(colon + 1)]
  return crc32Text(crc32Byte(crc32Text(crc32Start, host), 0), port)
}

/** The points of a member, each derived from the one before. */
export function pointsOf(name: string, count: number): Uint32Array {
  const base = baseOf(name)
  const points = new Uint32Array(count)
  let previous = 0
  for (let i = 0; i < count; i++) {
    let crc = base
    for (let shift = 0; shift < 32; shift += 8) crc = crc32Byte(crc, (previous >>> shift) & 0xff)
    previous = crc32End(crc)
    points[i] = previous
  }
  return points
}

const pointsCheck: Check<number> = (value, fail) => {
  const points = integer(1)(value, fail)
  return points > mostPoints ? fail(`at most ${mostPoints}`) : points
}

/** Makes Nginx's hash ring. Name members `host:port`, as in its `upstream`. */
export function ketama(options?: KetamaOptions): HashTable {
  const { points } = resolveOptions('ketama', options, { points: optional(pointsCheck, 160 as number) })
  const countOf = (weight: number): number => Math.max(1, Math.round(points * weight))
  const check = (members: readonly Pick<Candidate, 'weight'>[]): void => {
    const total = members.reduce((sum, { weight }) => sum + countOf(weight), 0)
    if (total <= mostPoints) return
    throw new TypeError(`ketama: points of all members must be at most ${mostPoints} together, got ${total}`)
  }
  return {
    kind: 'ketama',
    check,
    lay(members) {
      check(members)
      const counts = members.map((member) => countOf(weightOf(member)))
      const total = counts.reduce((sum, count) => sum + count, 0)
      // A point and its member in one number below 2^53, so that the engine sorts them without a function.
      const ring = new Float64Array(total)
      let at = 0
      for (const [index, { name }] of members.entries()) {
        for (const point of pointsOf(name, counts[index] as number)) ring[at++] = point * mostMembers + index
      }
      ring.sort()
      const hashes = Uint32Array.from(ring, (point) => point / mostMembers)
      const owners = Uint32Array.from(ring, (point) => point % mostMembers)
      return {
        find(key, accepts) {
          const start = firstAtOrAfter(hashes, crc32(key))
          for (let step = 0; step < total; step++) {
            const owner = owners[(start + step) % total] as number
            if (accepts(owner)) return owner
          }
          return -1
        },
      }
    },
  }
}

/** The first index whose hash is at or after `hash`; 0 after the last. */
function firstAtOrAfter(hashes: Uint32Array, hash: number): number {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] as number) < hash) low = middle + 1
    else high = middle
  }
  return low === hashes.length ? 0 : low
}
