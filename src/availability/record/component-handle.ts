/** Sets the states of one component by hand. */
import type { Duration } from '../../core/duration.ts'
import { duration, isRecord, optional, resolveOptions, show, text } from '../../core/options.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type ComponentState, codeOf, states } from '../timeline/states.ts'
import { record, recordNow, type StateDetails } from './record.ts'
import { expectWord } from './stale-after.ts'

export interface ComponentOptions {
  /**
   * How long a state recorded by hand holds; after that, unless its source recorded another, the state is unknown: a dead
   * man's switch. Above 0. Default: it holds until the next state. Maintenance and incidents do not run out.
   */
  readonly staleAfter?: Duration
}

/** Sets the state of one component. Each method returns false if the event was too late, or known already. */
export type ComponentHandle = Readonly<Record<ComponentState, (details?: StateDetails) => boolean>>

export function componentHandle(tracker: TrackerState, name: string, options: unknown): ComponentHandle {
  text(name, (expected) => refuse('name', expected, name))
  const { staleAfter } = resolveOptions('availabilityTracker', options, {
    staleAfter: optional(duration('> 0'), undefined),
  })
  const component = tracker.component(name)
  if (staleAfter !== undefined) expectWord(tracker, component, staleAfter)
  const setter = (state: ComponentState) => {
    const code = codeOf(state)
    return (details?: StateDetails): boolean => {
      if (details === undefined) return recordNow(tracker, component, code)
      if (!isRecord(details)) refuse('details', "an object, such as { reason: 'why' }", details)
      return record(tracker, { ...details, component: name, state })
    }
  }
  return Object.freeze(Object.fromEntries(states.map((state) => [state, setter(state)]))) as ComponentHandle
}

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`availabilityTracker: ${what} must be ${expected}, got ${show(given)}`)
}
