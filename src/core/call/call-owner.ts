/** The policy that was asked to execute a call. */
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'

/** Where the events of whole calls go, and whose clock the call's deadline is in. */
export interface CallOwner {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
  readonly events: Events
}
