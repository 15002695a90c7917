export type { BulkheadReason } from '../core/errors.ts'
export {
  type Bulkhead,
  type BulkheadEvents,
  type BulkheadOptions,
  type BulkheadRejectEvent,
  bulkhead,
  type DequeueEvent,
  type EnqueueEvent,
} from './bulkhead.ts'
