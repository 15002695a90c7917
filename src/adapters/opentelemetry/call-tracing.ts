/** What the spans of one call need from the tracing of its policy. */
import type { Context, Tracer } from './api.ts'

export type TracedOperation = (call: never) => unknown

export interface CallTracing {
  readonly tracer: Tracer
  readonly policy: { readonly name: string }
  /** A call may make several attempts, so each attempt gets a span. */
  readonly repeats: boolean
  /** Runs `work` with `active` as the active context. */
  within<Result>(active: Context, work: () => Result): Result
  /** Returns the result of `work`; reports what it throws as `fault`, and returns undefined then. */
  guard<Result>(work: () => Result): Result | undefined
}
