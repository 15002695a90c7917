import type { HashLayout } from './hashing/table.ts'

export type {
  AdminEvent,
  EjectEvent,
  ExhaustedEvent,
  FailoverEvent,
  FailoverEvents,
  MemberStateEvent,
  MembersChangedEvent,
  ReconnectEvent,
  RestoreEvent,
  SelectEvent,
} from './events.ts'
export { failoverPool } from './factory.ts'
export type { FailoverPool, MemberChanges, PoolGives, PoolOf } from './failover-pool.ts'
export { type ConsistentHashOptions, consistentHash } from './hashing/consistent-hash.ts'
export { type KetamaOptions, ketama } from './hashing/ketama.ts'
export { type MaglevOptions, maglev } from './hashing/maglev.ts'
export { rendezvous } from './hashing/rendezvous.ts'
export type { HashLayout, HashTable } from './hashing/table.ts'
export type { StateReason } from './health/states.ts'
export { type KnownLoad, type LoadReport, readLoadReport } from './load/load-report.ts'
export type { AdminState, EjectReason, MemberState, MemberStatus } from './members/member-status.ts'
export type {
  CheckOptions,
  FailoverOptions,
  InitialHealth,
  MemberInfo,
  MemberOptions,
  OutlierOptions,
  Panic,
  SlowStartOptions,
  SuccessRateOptions,
} from './options.ts'
export { type DynamicOptions, dynamic } from './selection/dynamic.ts'
export { earliestDeadline } from './selection/earliest-deadline.ts'
export { type LatencyWindowOptions, latencyWindow } from './selection/latency-window.ts'
export { leastPending } from './selection/least-pending.ts'
export { ordered } from './selection/ordered.ts'
export { type PeakEwmaOptions, peakEwma } from './selection/peak-ewma.ts'
export { random } from './selection/random.ts'
export { type ReportedLoadOptions, reportedLoad } from './selection/reported-load.ts'
export { roundRobin } from './selection/round-robin.ts'
export type {
  Candidate,
  Picker,
  PickerContext,
  PickNext,
  PickSettled,
  Reach,
  Selection,
} from './selection/selection.ts'
export { type StickyOptions, sticky } from './selection/sticky.ts'
export { type SubsetOptions, subset } from './selection/subset.ts'
export { type TiersOptions, tiers, type ZonesOptions, zones } from './selection/tiers.ts'
export { twoChoices } from './selection/two-choices.ts'
export { type WeightedOptions, weighted } from './selection/weighted.ts'
export { type Polled, type PolledOptions, type PollOptions, polled } from './sources/polled.ts'
export type { MemberSink, MemberSource, MemberWatch } from './sources/source.ts'

/** @deprecated Use HashLayout. */
export type Layout = HashLayout
