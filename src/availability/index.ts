export type { AvailabilityTracker, ComponentHandle, ReportOptions } from './availability-tracker.ts'
export type {
  AvailabilityEvents,
  OutageEvent,
  RecoveryEndEvent,
  RecoveryGiveUpEvent,
  RecoveryStartEvent,
} from './events.ts'
export type { Watching } from './feeds/watch.ts'
export { explainReport } from './format/explain-report.ts'
export { formatReport, type ReportForm } from './format/format-report.ts'
export type { Check as ProbeCheck, Probing } from './monitor/probe.ts'
export type { RecoverOptions, RecoveryAction, RecoveryContext } from './monitor/recover-options.ts'
export type { AvailabilityTrackerOptions, ComponentOptions, ProbeOptions, WatchOptions } from './options.ts'
export type { Note as StoreNote, StoreRecord } from './persistence/records.ts'
export type { AvailabilityStore, Persistence as StoreState, StoredHistory, StoreSnapshot } from './persistence/store.ts'
export { type LostRecords, StoreError } from './persistence/store-error.ts'
export type { AvailabilityEvent, Incident, StateDetails, StateEvent } from './record/record.ts'
export type { MaintenanceHours } from './record/recurring.ts'
export type { Instant, Phase as OutagePhase, Phases as OutagePhases } from './record/stamps.ts'
export type { Accounting, AccountingOptions, AccountingPreset } from './report/accounting.ts'
export type { ReportConfidence } from './report/confidence.ts'
export type { Outage } from './report/outage.ts'
export type { PhaseMeans, RepairTimes } from './report/phase-means.ts'
export type {
  Censored,
  ComponentReport,
  OpenOutage,
  OutageLengths,
  Report as AvailabilityReport,
} from './report/report-fields.ts'
export type { RequestsReport } from './report/requests.ts'
export type { TimeSlice } from './report/slices.ts'
export type { Standing } from './report/standing.ts'
export type { Transition as StateTransition } from './report/transitions.ts'
export type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
export type { SystemOptions } from './system/systems.ts'
export type { ClockStep } from './timeline/chronology.ts'
export type { State as ComponentState } from './timeline/states.ts'
export { availabilityTracker } from './tracker.ts'
export type { CalendarUnit } from './window/calendar.ts'
export type { ServiceHours } from './window/service-hours.ts'
export type { CalendarOption, ReportWindow, WindowOption } from './window/window.ts'
