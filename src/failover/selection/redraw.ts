/** The `next` of pickers that draw: draws again until it meets an untried candidate. */
import type { Candidate, Picker, PickNext } from './selection.ts'

/** After so many draws a walk over the list is cheaper. */
const draws = 8

/** Makes a picker's `next` from its `pick`, where one pick does not influence the next. */
export function redrawing(pick: Picker['pick']): PickNext {
  return (candidates, call, now, tried) => {
    for (let draw = 0; draw < draws; draw++) {
      const picked: Candidate = pick(candidates, call, now)
      if (!tried.includes(picked)) return picked
    }
    return undefined
  }
}
