/**
 * How a member that is new or back gets its share by degrees: Envoy's slow start.
 *
 * Its weight counts `max(floor, (max(t, 1 s) / window) ^ (1 / aggression))` of itself after t.
 */
import type { Milliseconds } from '../../core/duration.ts'

export interface SlowStart {
  readonly window: Milliseconds
  readonly aggression: number
  readonly floor: number
}

/** The least time counted, so that the first moment is not nothing. */
const second = 1000

/** In (0, 1]: what part of its weight counts `elapsed` ms after it began. */
export function warmthAt({ window, aggression, floor }: SlowStart, elapsed: Milliseconds): number {
  if (elapsed >= window) return 1
  return Math.min(1, Math.max(floor, (Math.max(elapsed, second) / window) ** (1 / aggression)))
}
