/** Two by chance, the less busy of them. */
import { LoadScore } from './load-score.ts'
import { Pair } from './pair.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, PickerContext, Selection } from './selection.ts'

/** Draws two members by weight and takes the one with less under way; failures count as tries under way. O(1). */
export function twoChoices(): Selection {
  return {
    kind: 'twoChoices',
    start(context) {
      const { choose } = lessBusy(context)
      const pick: Picker['pick'] = (candidates, _call, now) => choose(candidates, now)
      return { pick, next: redrawing(pick) }
    },
  }
}

/** Of two candidates by chance the one with less under way by weight. */
export function lessBusy(context: PickerContext): {
  choose(list: readonly Candidate[], now: number): Candidate
} {
  const score = new LoadScore(context)
  const pair: Pair = new Pair(context.random, (j, i) => score.at(j) * pair.weightAt(i) < score.at(i) * pair.weightAt(j))
  return {
    choose(list, now) {
      score.look(list, now)
      const place = pair.pick(list)
      score.see(place)
      return list[place] as Candidate
    },
  }
}
