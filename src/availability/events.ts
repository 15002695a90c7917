/** What a tracker tells. */
import type { BaseEvents, EventBase } from '../core/events.ts'
import type { BurnEvent } from './objective/objective-report.ts'
import type { Outage } from './report/outage.ts'

/** An outage as it is known at that moment; `policy` is the tracker's name. */
export interface OutageEvent extends EventBase, Outage {}

export interface AvailabilityEvents extends Pick<BaseEvents, 'fault'> {
  /** A component is down: once an outage, when it is known, which may be later than its start. */
  outageStart: OutageEvent
  /** It serves again. */
  outageEnd: OutageEvent
  /** A tier of an objective starts to fire, or ends. */
  burn: BurnEvent
}
