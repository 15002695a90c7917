export { type Recorded, type Recorder, recorder } from './recorder.ts'
export { type Scripted, type Step, scripted } from './scripted.ts'
export { seededRandom } from './seeded-random.ts'
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts'
