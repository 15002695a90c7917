/**
 * A timeline that travels: what one observer saw of one component, as plain JSON, in whole milliseconds of the wall clock.
 *
 * Instants are lengths from the one before, the first from `from`; so a timeline is moved in time by its two ends alone,
 * and takes 2 to 8 characters a transition. Invariant of one that was read or made here: neighbours differ, the state
 * before the first transition is unknown, and every transition lies in [from, to).
 */

import { type Code, UNKNOWN } from '../availability/timeline/states.ts'
import type { Steps } from '../availability/timeline/steps.ts'
import type { Milliseconds } from '../core/duration.ts'

/** What came of the calls, as its observer counted them. */
export interface ObservedRequests {
  /** Outermost calls that were not given up by their caller. */
  readonly calls: number
  /** Of these, how many were good at the first try. */
  readonly first: number
  /** Of these, how many were good in the end. */
  readonly delivered: number
}

/** Plain JSON. Fields it does not know, a reader ignores. */
export interface ObservedTimeline {
  readonly format: 'holdfast.timeline'
  readonly version: 1
  /** What was observed. */
  readonly component: string
  /** Who observed it. Component and observer together name a timeline. */
  readonly observer: string
  /** It speaks of [from, to), whole milliseconds since the epoch; of what is outside nothing is known. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** From one transition to the next, whole milliseconds above 0; the first from `from`, 0 or more. */
  readonly steps: readonly Milliseconds[]
  /** The states from them on, a digit each: 0 up, 1 degraded, 2 down, 3 maintenance, 4 unknown. */
  readonly states: string
  /** In [from, to); null where nobody counted. */
  readonly requests: ObservedRequests | null
}

/** Whose timeline it is, and of what time. */
export type Heading = Pick<ObservedTimeline, 'component' | 'observer' | 'from' | 'to' | 'requests'>

/** What `steps` say in [from, to). Of several at one instant the last holds. */
export function written(heading: Heading, steps: Steps): ObservedTimeline {
  const { from, to } = heading
  const times: number[] = []
  const codes: Code[] = []
  for (let index = 0; index < steps.length; index++) {
    const time = Math.round(steps.timeAt(index))
    if (time >= to) break
    if (times.at(-1) === time) {
      times.pop()
      codes.pop()
    }
    const code = steps.codeAt(index)
    if (code === (codes.at(-1) ?? UNKNOWN)) continue
    times.push(time)
    codes.push(code)
  }
  const gaps = times.map((time, index) => time - (index === 0 ? from : (times[index - 1] as number)))
  return { format: 'holdfast.timeline', version: 1, ...heading, steps: gaps, states: codes.join('') }
}
