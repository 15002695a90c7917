export type { ThrottleChangeEvent, ThrottleEvents, ThrottleRejectEvent } from './events.ts'
export type { ThrottleClassSnapshot, ThrottleSnapshot } from './snapshot.ts'
export { type Throttle, type ThrottleOptions, throttle } from './throttle.ts'
