/** Draws two members and takes the less busy. */
import { LoadScore } from './load-score.ts'
import { Pair } from './pair.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, PickerContext, Selection } from './selection.ts'

/** Draws two members by weight and takes the one with fewer tries under way; failures count as tries under way. O(1) a pick. */
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

/** Draws two candidates and takes the one with fewer tries under way by weight. */
export function lessBusy(context: PickerContext): {
  choose(list: readonly Candidate[], now: number): Candidate
} {
  const score = new LoadScore(context)
  const pair: Pair = new Pair(context.random, (j, i) => score.at(j) * pair.weightAt(i) < score.at(i) * pair.weightAt(j))
  return {
    choose(list, now) {
      score.prepare(list, now)
      const index = pair.pick(list)
      score.picked(index)
      return list[index] as Candidate
    },
  }
}
