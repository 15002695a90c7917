/** What a report says. Lengths are in ms, instants in `time`; whatever cannot be known is null. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Accounting } from '../accounting/accounting.ts'
import type { RequestsReport } from '../components/request-counts.ts'
import type { Outage } from '../outages/outage.ts'
import type { ClockStep } from '../time/tracker-clock.ts'
import type { ReportWindow } from '../time/window.ts'
import type { ComponentState } from '../timeline/states.ts'
import type { PhaseMeans, RepairTimes } from './phase-means.ts'

export interface OpenOutage {
  /** In `time`. */
  readonly start: Milliseconds
  readonly startCensored: boolean
  /** From its start to the end of the window. */
  readonly elapsed: Milliseconds
  /** Of that, time known to be down. */
  readonly net: Milliseconds
}

/** How long the outages were that ended in the window, by nearest rank. */
export interface OutageLengths {
  readonly count: number
  readonly median: Milliseconds
  readonly p90: Milliseconds
  readonly p99: Milliseconds
  readonly max: Milliseconds
}

/** What the window cut off: outages whose beginning, or end, lies outside what was seen. */
export interface Censored {
  readonly starts: number
  readonly ends: number
}

/** The figures of a component over a window, without estimates of how certain they are. */
export interface ComponentFigures {
  readonly component: string | null
  readonly window: ReportWindow
  /** The state at the end of the window. */
  readonly state: ComponentState
  /** The options these numbers were made with. */
  readonly accounting: Accounting
  /** The part of the window, or of its service hours, that is not unknown; null for an empty one. */
  readonly coverage: number | null
  /** Uptime / (uptime + downtime), degraded weighed as the accounting says; null where nothing was observed. */
  readonly availability: number | null
  /** If all unknown time had been down. */
  readonly availabilityIfUnknownDown: number | null
  /** If all unknown time had been up. */
  readonly availabilityIfUnknownUp: number | null
  /** -log10(1 - availability): 3 for 99.9 %. Null where there was no downtime, or nothing observed. */
  readonly nines: number | null
  readonly uptime: Milliseconds
  readonly downtime: Milliseconds
  /** Time in that state, however it counts. */
  readonly degraded: Milliseconds
  /** Time out of the account because of it. */
  readonly maintenance: Milliseconds
  readonly unknown: Milliseconds
  /** Outside service hours; 0 where none are given. */
  readonly outside: Milliseconds
  /** Outages whose beginning was seen and lies in [from, to). */
  readonly failures: number
  /** Outages that ended in (from, to]. */
  readonly restorations: number
  /** Mean operating time between failures: uptime / failures; null without failures. */
  readonly mtbf: Milliseconds | null
  /** From failure to failure: (uptime + downtime) / failures. */
  readonly meanCycle: Milliseconds | null
  /** Mean up time: of the stretches between two outages, both seen. */
  readonly mut: Milliseconds | null
  /** Mean down time: of the outages that ended in the window, all causes of delay included. */
  readonly mdt: Milliseconds | null
  /** Mean time to detect: of the failures in the window that have the stamp. */
  readonly mttd: Milliseconds | null
  /** Mean time to acknowledge, from the detection. */
  readonly mtta: Milliseconds | null
  readonly mttr: RepairTimes
  /** Downtime / restorations: open outages count in it. */
  readonly mttrRate: Milliseconds | null
  readonly phases: PhaseMeans
  /** Failures an hour of uptime; null without uptime. */
  readonly failureRate: number | null
  /** Failures in 1e9 hours of uptime. */
  readonly fit: number | null
  /** The most time down in one outage, from its start, even if before the window, to the window's end; null without one. */
  readonly longestOutage: Milliseconds | null
  /** The outage that is open at the end of the window. */
  readonly openOutage: OpenOutage | null
  /** Of those that ended in the window; null without any. A mean of repair times says little: a few long ones make it. */
  readonly outageLengths: OutageLengths | null
  readonly censored: Censored
  /** All that touch the window, as far back as they are kept. */
  readonly outages: readonly Outage[]
  /** Outages of no length, or shorter than `confirmDown`. They are no failures. */
  readonly blips: number
  /** Unknown time because the machine slept. */
  readonly suspended: Milliseconds
  /** Where the wall clock and the monotonic clock disagreed. */
  readonly clockSteps: readonly ClockStep[]
  /** Events refused because they came too late, since the start. */
  readonly rejectedEvents: number
  /** 0 where every number is exact; else the length of the longest bucket of old history that an edge of the window cuts. */
  readonly precision: Milliseconds
  /** Since the component is watched, whatever the window. */
  readonly requests: RequestsReport
}
