/**
 * What is kept of a tracker between two snapshots: plain JSON, a record for each thing that was said.
 *
 * Instants are in the tracker's own time; `at` and `time` of each record tie that to the wall clock, because the next
 * process has a monotonic clock of its own. A run of a tracker begins with `start`; the latest record says when it was
 * last seen. Invariant: `seq` rises, and a number that is missing is a record that was lost.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { RecordedEvent } from '../components/event-sink.ts'
import type { RequestCounts } from '../components/request-counts.ts'
import type { TimestampEntry } from '../outages/timestamps.ts'
import type { ComponentState } from '../timeline/states.ts'

/** What a record says. */
export type StoreNote =
  /** A tracker began. */
  | { readonly kind: 'start'; readonly version: 1 }
  /** A policy or a probe said something; `source` is its number in this run. */
  | {
      readonly kind: 'said'
      readonly component: string
      readonly member?: true
      readonly source: number
      readonly steps: readonly (readonly [time: Milliseconds, state: ComponentState | 'silent'])[]
      readonly stamps?: TimestampEntry
      readonly reason?: string
    }
  /** A source ended. */
  | { readonly kind: 'gone'; readonly component: string; readonly source: number; readonly from: Milliseconds }
  /** An event was recorded by hand. */
  | { readonly kind: 'told'; readonly event: RecordedEvent }
  /** The machine slept. */
  | { readonly kind: 'slept'; readonly from: Milliseconds; readonly to: Milliseconds }
  /** What came of the calls so far, and how many events were refused as too late. */
  | {
      readonly kind: 'counts'
      readonly component: string
      readonly requests: ReturnType<RequestCounts['save']>
      readonly rejected: number
    }
  /** The tracker is still there. */
  | { readonly kind: 'beat' }
  /** It was closed. */
  | { readonly kind: 'stopped' }

/** A note as it is kept. */
export type StoreRecord = StoreNote & {
  readonly seq: number
  /** When it was written down, by the wall clock. */
  readonly at: Milliseconds
  /** The same in the tracker's own time. */
  readonly time: Milliseconds
}
