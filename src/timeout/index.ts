export { type Timeout, type TimeoutEvent, type TimeoutEvents, type TimeoutOptions, timeout } from './timeout.ts'
