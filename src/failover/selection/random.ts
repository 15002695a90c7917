/** Draws members at random, in proportion to weight. */
import { WeightedDraw } from './draw.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'

/** Draws a member; one of weight 2 twice as often as one of weight 1. O(1) a pick, O(n) after a change. */
export function random(): Selection {
  return {
    kind: 'random',
    start(context) {
      const draw = new WeightedDraw(context.random)
      const pick: Picker['pick'] = (candidates) => candidates[draw.draw(candidates)] as Candidate
      return { pick, next: redrawing(pick) }
    },
  }
}
