/**
 * An exported timeline: what one observer saw of one component, as plain JSON, in whole milliseconds of the wall clock.
 *
 * Instants are lengths from the one before, the first from `from`. So a timeline is moved in time by changing its two ends,
 * and takes 2 to 8 characters a transition. Invariant of one that was read or made here: neighbours differ, the state
 * before the first transition is unknown, and every transition lies in [from, to).
 */

import { type Code, UNKNOWN } from '../availability/timeline/states.ts'
import type { Steps } from '../availability/timeline/steps.ts'
import type { Milliseconds } from '../core/duration.ts'

/** The results of calls, as the observer counted them. */
export interface ObservedRequests {
  /** Outermost calls, without those their caller aborted. */
  readonly calls: number
  /** Of these, how many were good at the first try. */
  readonly first: number
  /** Of these, how many were good in the end. */
  readonly delivered: number
}

/** Plain JSON. Readers ignore unknown fields. */
export interface ObservedTimeline {
  readonly format: 'holdfast.timeline'
  readonly version: 1
  /** The component that was observed. */
  readonly component: string
  /** The observing process. Component and observer together identify a timeline. */
  readonly observer: string
  /** The timeline covers [from, to), whole milliseconds since the epoch; outside of it the state is unknown. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** From one transition to the next, whole milliseconds above 0; the first from `from`, 0 or more. */
  readonly steps: readonly Milliseconds[]
  /** The states from them on, a digit each: 0 up, 1 degraded, 2 down, 3 maintenance, 4 unknown. */
  readonly states: string
  /** In [from, to); null if calls were not counted. */
  readonly requests: ObservedRequests | null
}

/** The fields of a timeline without its states. */
export type Heading = Pick<ObservedTimeline, 'component' | 'observer' | 'from' | 'to' | 'requests'>

/** The timeline of `steps` in [from, to). Of several steps at one instant the last wins. */
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
