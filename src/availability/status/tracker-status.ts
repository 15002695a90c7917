/** Looks at the components of a tracker that cost little, whatever has happened. */
import { show, text } from '../../core/options.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import type { Instant } from '../time/instant.ts'
import { type ComponentState, states } from '../timeline/states.ts'
import { type ComponentStatus, statusOf } from './component-status.ts'
import { edgesOf, slicesOf, type TimeSlice } from './time-slices.ts'

/** The present state of a component; one that is not known is `'unknown'`. */
export function componentState(tracker: AnyTracker, component: string): ComponentState {
  const state = stateOf('componentState', tracker)
  state.settle()
  return states[state.known(component).timeline.at(state.now())] as ComponentState
}

/**
 * The state of every component, and how long it was in each since the tracking began; by name, also members of pools, in the
 * order they were added.
 */
export function statuses(tracker: AnyTracker): ReadonlyMap<string, ComponentStatus> {
  const state = stateOf('statuses', tracker)
  const now = state.now()
  state.settle()
  const all = [...state.components.values()]
  return new Map(all.map((component) => [component.name, statusOf(state, component, now)]))
}

/**
 * The time between each two of `edges`: how long in each state, availability by the tracker's accounting, failures. For bars
 * and charts: a slice costs a few binary searches. Edges are 2 to 10,000 instants in order, as windows take them.
 *
 * @throws TypeError if the edges are wrong.
 */
export function timeSlices(tracker: AnyTracker, component: string, edges: readonly Instant[]): readonly TimeSlice[] {
  const state = stateOf('timeSlices', tracker)
  text(component, (expected) => {
    throw new TypeError(`availabilityTracker: component must be ${expected}, got ${show(component)}`)
  })
  const now = state.now()
  const checked = edgesOf(state, edges)
  state.advance()
  return slicesOf(state, state.known(component), checked, now)
}
