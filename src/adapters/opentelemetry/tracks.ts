/** What the spans of one call ask of who began it. */
import type { Context, Tracer } from './api.ts'

export type Operation = (call: never) => unknown

export interface Tracks {
  readonly tracer: Tracer
  readonly policy: { readonly name: string }
  readonly repeats: boolean
  /** Runs `work` where `active` is. */
  within<Result>(active: Context, work: () => Result): Result
  /** What `work` gives; where it throws that is told as a fault, and nothing else happens. */
  guard<Result>(work: () => Result): Result | undefined
}
