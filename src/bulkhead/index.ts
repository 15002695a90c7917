export {
  type Bulkhead,
  type BulkheadEvents,
  type BulkheadOptions,
  type BulkheadReason,
  type BulkheadRejectEvent,
  bulkhead,
  type DequeueEvent,
  type EnqueueEvent,
} from './bulkhead.ts'
