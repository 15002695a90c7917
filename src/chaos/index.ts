export {
  type Chaos,
  type ChaosEvents,
  type ChaosSnapshot,
  chaos,
  type InjectEvent,
} from './chaos.ts'
export type { Injection, LatencyRange } from './injection.ts'
export type { ChaosOptions } from './options.ts'
