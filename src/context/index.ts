export type { CurrentCall, HasDeadline } from './context-call.ts'
export type { DeadlineForm, DeadlineHeader } from './forms.ts'
export type {
  HeaderEntries,
  HeaderLookup,
  HeaderSetter,
  ReadableHeaders,
  WritableHeaders,
} from './headers.ts'
export { type ReadDeadlineOptions, readDeadline } from './read-deadline.ts'
export { type ContextOptions, currentCall, detached, runWithCall } from './run-with-call.ts'
export { type WriteDeadlineOptions, writeDeadline } from './write-deadline.ts'
