/** What further fields of a report can be computed from. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Sums } from '../accounting/sums.ts'
import type { OutageCounts } from '../outages/tracked-outage.ts'
import type { LazyMakers } from './lazy-fields.ts'

export interface ReportFacts {
  readonly total: Sums
  readonly counts: OutageCounts
  /** An outage is open at the end of the window. */
  readonly open: boolean
  /** When failures happened, in operating time since the start of the window, and how much of that there was. */
  failureTimes(): { readonly failures: readonly Milliseconds[]; readonly until: Milliseconds }
}

/** Fields that not every report has, each computed when it is first read. */
export type ExtraFields<Extra extends object> = (facts: ReportFacts) => LazyMakers<Extra>
