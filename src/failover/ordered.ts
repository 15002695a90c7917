/** The first that may be tried: a primary and its standbys. */
import type { Candidate, Selection } from './selection.ts'

/** Takes the member of the lowest `priority`, and among equals the one listed first. */
export function ordered(): Selection {
  return {
    kind: 'ordered',
    start() {
      return {
        pick(candidates) {
          let best = candidates[0] as Candidate
          for (const candidate of candidates) if (candidate.priority < best.priority) best = candidate
          return best
        },
      }
    },
  }
}
