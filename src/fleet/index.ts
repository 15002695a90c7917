export { type ExportOptions, exportTimeline } from './export-timeline.ts'
export { type FleetReport, type FleetReportOptions, fleetReport, type InstanceReport } from './fleet-report.ts'
export { fleetTimeline } from './fleet-timeline.ts'
export { type MergeOptions, mergeTimelines } from './merge.ts'
export type { AbsentObserver, MergeMode } from './merged-state.ts'
export type { ObservedRequests, ObservedTimeline } from './observed-timeline.ts'
export {
  type ObservedOutage,
  type TimelineReport,
  type TimelineReportOptions,
  timelineReport,
} from './timeline-report.ts'
export type { FleetTimeline, TimelineSource } from './timeline-source.ts'
export { TimelineVersionError } from './version-error.ts'
export type { WallWindow, WallWindowOption } from './wall-window.ts'
