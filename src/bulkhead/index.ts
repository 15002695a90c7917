export type { BulkheadReason } from '../core/errors.ts'
export { type Bulkhead, type BulkheadOptions, bulkhead } from './bulkhead.ts'
export type { BulkheadEvents, BulkheadRejectEvent, DequeueEvent, EnqueueEvent } from './events.ts'
