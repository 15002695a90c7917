/**
 * Google's Maglev table (D. Eisenbud et al., NSDI 2016): members take turns to fill the slots of a table of prime size, each
 * in its own order. O(1) a lookup, and nearly equal shares; a change moves about twice as many keys as with a ring.
 */
import { type Check, optional, resolveOptions } from '../../core/options.ts'
import { weightOf } from '../selection/load-score.ts'
import { hash, mix } from './hash.ts'
import type { HashTable } from './table.ts'

export interface MaglevOptions {
  /** Slots: a prime, and best at least a hundred times the members. Default 65,537. */
  readonly size?: number
}

const prime: Check<number> = (value, fail) =>
  typeof value === 'number' && isPrime(value) ? value : fail('a prime number')

function isPrime(value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 2) return false
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false
  return true
}

/** The first slot of a member, and the step from each of its slots to the next. */
export interface Permutation {
  readonly offset: number
  readonly skip: number
  readonly weight: number
}

/** The owner of each slot. A member of half the greatest weight takes a turn in every second round. */
export function fill(size: number, members: readonly Permutation[]): Int32Array {
  const table = new Int32Array(size).fill(-1)
  const next = members.map(({ offset }) => offset % size)
  const credit = members.map(() => 0)
  const greatest = members.reduce((most, { weight }) => Math.max(most, weight), 0)
  for (let filled = 0; ; ) {
    for (const [index, { skip, weight }] of members.entries()) {
      credit[index] = (credit[index] as number) + weight / greatest
      // Three times a third is not quite one.
      if ((credit[index] as number) < 1 - 1e-9) continue
      credit[index] = (credit[index] as number) - 1
      let slot = next[index] as number
      while (table[slot] !== -1) slot = (slot + skip) % size
      table[slot] = index
      next[index] = (slot + skip) % size
      if (++filled === size) return table
    }
  }
}

/** Makes a Maglev table, for many members and keys. */
export function maglev(options?: MaglevOptions): HashTable {
  const { size } = resolveOptions('maglev', options, { size: optional(prime, 65_537 as number) })
  return {
    kind: 'maglev',
    lay(members) {
      const slots = fill(
        size,
        members.map((member) => ({
          offset: hash(member.name) % size,
          skip: (hash(member.name, 0x9747b28c) % (size - 1)) + 1,
          weight: weightOf(member),
        })),
      )
      return {
        find(key, accepts) {
          const keyHash = hash(key)
          let slot = keyHash % size
          let owner = slots[slot] as number
          if (accepts(owner)) return owner
          // If the owner is not accepted, each key visits all other slots in its own order.
          const skip = (mix(keyHash) % (size - 1)) + 1
          for (let step = 1; step < size; step++) {
            slot = (slot + skip) % size
            owner = slots[slot] as number
            if (accepts(owner)) return owner
          }
          return -1
        },
      }
    },
  }
}
