/** `holdfast/availability/core`: the smallest tracker. It watches policies, takes events, and reports. */
export type { Accounting, AccountingOptions, AccountingPreset } from '../../availability/accounting/accounting.ts'
export type { RequestsReport } from '../../availability/components/request-counts.ts'
export type {
  AvailabilityEvents,
  OutageEvent,
  RecoveryEndEvent,
  RecoveryGiveUpEvent,
  RecoveryStartEvent,
} from '../../availability/core/events.ts'
export type { CoreTrackerOptions } from '../../availability/core/options.ts'
export { availabilityTracker, type CoreReport, type CoreTracker } from '../../availability/core/tracker.ts'
export type { Outage } from '../../availability/outages/outage.ts'
export type { ComponentHandle, ComponentOptions } from '../../availability/record/component-handle.ts'
export type { AvailabilityEvent, Incident, StateDetails, StateEvent } from '../../availability/record/record.ts'
export type { PhaseMeans, RepairTimes } from '../../availability/report/phase-means.ts'
export type { Censored, ComponentFigures, OpenOutage, OutageLengths } from '../../availability/report/report-fields.ts'
export type { ReportOptions } from '../../availability/report/tracker-report.ts'
export type { WatchOptions } from '../../availability/sources/options.ts'
export type { Watching } from '../../availability/sources/watch.ts'
export type { AnyTracker } from '../../availability/state/tracked.ts'
export type { Instant } from '../../availability/time/instant.ts'
export type { ServiceHours } from '../../availability/time/service-hours.ts'
export type { CalendarOption, ReportWindow, WindowOption } from '../../availability/time/window.ts'
