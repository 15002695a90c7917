/** The policy whose `execute` was called: the outermost one. */
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'

/** It emits the events of whole calls, and the call's deadline is in its clock. */
export interface CallOwner {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
  readonly events: Events
}
