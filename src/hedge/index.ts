export type {
  DenyReason,
  HedgeDenyEvent,
  HedgeEvent,
  HedgeEvents,
  HedgeLateResultEvent,
  HedgeWinEvent,
} from './events.ts'
export { type Hedge, type HedgeSnapshot, hedge } from './hedge.ts'
export { HedgeLost } from './hedge-lost.ts'
export type { HedgeOptions, HedgeQuantile } from './options.ts'
