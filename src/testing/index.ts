import type { RecorderEvent } from './recorder.ts'
import type { ScriptedStep } from './scripted.ts'

export { type Recorder, type RecorderEvent, recorder } from './recorder.ts'
export { type Scripted, type ScriptedStep, scripted } from './scripted.ts'
export { seededRandom } from './seeded-random.ts'
export type { FaultWindow, SimulatedFault } from './simulation/faults.ts'
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
export { type SimulatedCode, SimulatedError } from './simulation/simulated-error.ts'
export type { LatencySummary } from './simulation/statistics.ts'
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts'

/** @deprecated Use RecorderEvent. */
export type Recorded = RecorderEvent
/** @deprecated Use ScriptedStep. */
export type Step<T> = ScriptedStep<T>
