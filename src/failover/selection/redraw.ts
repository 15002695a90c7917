/** A further try for pickers that draw: again, until somebody new comes. */
import type { Candidate, Picker, PickNext } from './selection.ts'

/** Draws that are worth it before a walk over the list is cheaper. */
const draws = 8

/** A picker's `next` by its `pick`, where a pick changes nothing that a second one should not see. */
export function redrawing(pick: Picker['pick']): PickNext {
  return (candidates, call, now, tried) => {
    for (let draw = 0; draw < draws; draw++) {
      const picked: Candidate = pick(candidates, call, now)
      if (!tried.includes(picked)) return picked
    }
    return undefined
  }
}
