/** What an adaptive limiter knows now, as plain JSON. */
import type { Milliseconds } from '../core/duration.ts'
import type { LimitReachedReason } from '../core/errors.ts'

export interface AdaptiveLimiterPartition {
  readonly name: string
  /** Calls of it that run. */
  readonly inflight: number
  /** Calls of it that wait. */
  readonly queued: number
  /** Its part of the limit. */
  readonly limit: number
}

export interface AdaptiveLimiterSnapshot {
  readonly limit: number
  readonly inflight: number
  readonly queued: number
  readonly baseline: Milliseconds | undefined
  readonly threshold: number | undefined
  /** Whether calls run at half the limit, to measure the baseline. */
  readonly probing: boolean
  /** Calls that count in the present window. */
  readonly samples: number
  /** Calls that were refused, by reason; reasons that there were none of are left out. */
  readonly rejections: Readonly<Partial<Record<LimitReachedReason, number>>>
  readonly partitions: readonly AdaptiveLimiterPartition[]
}
