/** A timeline as data. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type ComponentState, states } from '../timeline/states.ts'

/** From an instant on, until the next transition, the component was in a state. */
export interface StateTransition {
  readonly time: Milliseconds
  /** The same by the wall clock, as it is set now. */
  readonly at: Milliseconds
  readonly state: ComponentState
  /** Why, where it was said. */
  readonly reason: string | null
}

export function transitionsOf({ time }: TrackerState, { timeline, reasons }: Component): readonly StateTransition[] {
  return Array.from({ length: timeline.length }, (_, index) => {
    const tick = timeline.timeAt(index)
    const state = states[timeline.codeAt(index)] as ComponentState
    return { time: time.time(tick), at: time.wall(tick), state, reason: reasons.get(tick) ?? null }
  })
}
