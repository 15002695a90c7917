/** Weighted sharing at O(log n) a pick: earliest deadline first, as in Envoy and gRPC. */

import { Deadlines } from './deadlines.ts'
import { weightOf } from './load-score.ts'
import type { Candidate, Selection } from './selection.ts'

/**
 * Shares picks by weight as `weighted` does, but in O(log n): for hundreds of members. It starts at a random phase, so that
 * many clients do not all start with the heaviest member. Equal weights give plain round robin.
 */
export function earliestDeadline(): Selection {
  return {
    kind: 'earliestDeadline',
    start({ random }) {
      const deadlines = new Deadlines(random, weightOf)
      return {
        pick: (candidates) => deadlines.first(candidates) as Candidate,
        next: (candidates, _call, _now, tried) => deadlines.first(candidates, tried),
      }
    },
  }
}
