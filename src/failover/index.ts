export type {
  EjectEvent,
  ExhaustedEvent,
  FailoverEvent,
  FailoverEvents,
  MembersChangedEvent,
  RestoreEvent,
  SelectEvent,
} from './events.ts'
export type { FailoverPool, MemberChanges, PoolGives, PoolOf } from './failover-pool.ts'
export type { MemberState, MemberStatus } from './member.ts'
export type { FailoverOptions, MemberInfo, MemberOptions, OutlierOptions } from './options.ts'
export { ordered } from './ordered.ts'
export { failoverPool } from './pool.ts'
export { random } from './random.ts'
export { roundRobin } from './round-robin.ts'
export type { Candidate, Picker, Selection } from './selection.ts'
export { weighted } from './weighted.ts'
