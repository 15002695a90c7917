/** Options of a watched policy. */
import type { Duration } from '../../core/duration.ts'
import { duration, integer, optional, resolveOptions, text } from '../../core/options.ts'

export interface WatchOptions {
  /** The component to feed. Default: the policy's name. */
  readonly component?: string
  /** Default: the tracker's. */
  readonly consecutiveFailures?: number
  /**
   * Where no call came out for so long, nothing is known of it any more: a dead man's switch. Above 0. Default: never, silence
   * changes no state. What is isolated stays in maintenance.
   */
  readonly staleAfter?: Duration
}

export function resolveWatchOptions(given: unknown) {
  return resolveOptions('availabilityTracker', given, {
    component: optional(text, undefined),
    consecutiveFailures: optional(integer(1), undefined),
    staleAfter: optional(duration('> 0'), undefined),
  })
}
