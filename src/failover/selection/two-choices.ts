/** Two by chance, the less busy of them. */
import { Busyness } from './busyness.ts'
import { Pair } from './pair.ts'
import { redrawing } from './redraw.ts'
import type { Picker, Selection } from './selection.ts'

/** Draws two members by weight and takes the one with less under way; failures count as tries under way. O(1). */
export function twoChoices(): Selection {
  return {
    kind: 'twoChoices',
    start({ random }) {
      const busyness = new Busyness()
      let at = 0
      const pair = new Pair(random, (other, one) => busyness.less(other, one, at))
      const pick: Picker['pick'] = (candidates, _call, now) => {
        at = now
        const picked = pair.pick(candidates)
        busyness.see(picked)
        return picked
      }
      return { pick, next: redrawing(pick) }
    },
  }
}
