/** Takes the first member that may be tried: a primary and its standbys. */
import type { Candidate, Selection } from './selection.ts'

/** Takes the member of the lowest `priority`, and among equals the one listed first. O(1) a pick, O(n) after a change. */
export function ordered(): Selection {
  return {
    kind: 'ordered',
    start() {
      let seen: readonly Candidate[] | undefined
      let best: Candidate
      return {
        pick(candidates) {
          if (candidates !== seen) {
            seen = candidates
            best = candidates.reduce((least, candidate) => (candidate.priority < least.priority ? candidate : least))
          }
          return best
        },
        order: (candidates) => candidates.toSorted((a, b) => a.priority - b.priority),
      }
    },
  }
}
