/**
 * Rendezvous hashing, also called highest random weight (D. Thaler, C. Ravishankar, 1998).
 *
 * Each member has a score for each key, and the highest wins; with weight w, the score is -w / ln(h) for a hash h in (0, 1).
 * It needs no table, and moves only the keys of a removed member, or those that go to a new one. O(n) a lookup.
 */
import { weightOf } from '../selection/load-score.ts'
import { hash, mix, unit } from './hash.ts'
import type { HashTable } from './table.ts'

/** Makes a rendezvous table, for up to about a hundred members. */
export function rendezvous(): HashTable {
  return {
    kind: 'rendezvous',
    lay(members) {
      const hashes = Uint32Array.from(members, ({ name }) => hash(name))
      const weights = Float64Array.from(members, weightOf)
      return {
        find(key, accepts) {
          const keyHash = hash(key)
          let best = -1
          let most = Number.NEGATIVE_INFINITY
          for (let i = 0; i < hashes.length; i++) {
            if (!accepts(i)) continue
            const score = -(weights[i] as number) / Math.log(unit(mix(keyHash ^ (hashes[i] as number))))
            if (score > most) {
              most = score
              best = i
            }
          }
          return best
        },
      }
    },
  }
}
