export { type Recorded, type Recorder, recorder } from './recorder.ts'
export { type Scripted, type Step, scripted } from './scripted.ts'
export { seededRandom } from './seeded-random.ts'
export type { FaultWindow, SimulatedFault } from './simulation/faults.ts'
export { type SimulatedCode, SimulatedError } from './simulation/job.ts'
export {
  exponentialLatency,
  type Latency,
  type LognormalLatencyOptions,
  lognormalLatency,
  uniformLatency,
} from './simulation/latency.ts'
export type {
  SimulatedCall,
  SimulatedLoad,
  SimulatedMember,
  SimulationContext,
  SimulationOptions,
} from './simulation/options.ts'
export type { MemberResult, SimulationResult, SimulationSlice } from './simulation/results.ts'
export { simulate } from './simulation/simulate.ts'
export type { LatencySummary } from './simulation/statistics.ts'
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts'
