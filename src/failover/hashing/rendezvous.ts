/**
 * Rendezvous hashing, also called highest random weight (D. Thaler, C. Ravishankar, 1998).
 *
 * Each member has a score for each key, and the highest wins; by weight, the score is -w / ln(h) for a hash h in (0, 1).
 * No table, and only the keys of a member that goes, or to one that comes, are moved. O(n) a look-up.
 */
import { weightOf } from '../selection/load-score.ts'
import { hash, mix, unit } from './hash.ts'
import type { HashTable } from './table.ts'

/** For up to a hundred members or so. */
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
