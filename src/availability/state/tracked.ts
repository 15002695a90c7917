/** What functions over a tracker accept: any tracker, of whichever entry. */
import { show } from '../../core/options.ts'
import type { TrackerState } from './tracker-state.ts'

/** Shared by copies of the library in one process, as the brand of a policy is. */
export const stateKey: unique symbol = Symbol.for('holdfast.availability.state') as never

/** Any availability tracker. */
export interface AnyTracker {
  readonly name: string
  readonly kind: 'availabilityTracker'
}

/** @throws TypeError if `given` is not an availability tracker; `kind` names the function that was called. */
export function stateOf(kind: string, given: AnyTracker): TrackerState {
  const state = (given as { readonly [stateKey]?: TrackerState } | null | undefined)?.[stateKey]
  if (state === undefined) throw new TypeError(`${kind}: tracker must be an availability tracker, got ${show(given)}`)
  return state
}
