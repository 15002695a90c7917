/**
 * How the share of a new or restored member grows: Envoy's slow start.
 *
 * After t, its weight counts by the factor `max(floor, (max(t, 1 s) / window) ^ (1 / aggression))`.
 */
import type { Milliseconds } from '../../core/duration.ts'

export interface SlowStart {
  readonly window: Milliseconds
  readonly aggression: number
  readonly floor: number
}

/** The least time counted, so that the share does not start at 0. */
const second = 1000

/** In (0, 1]: the share of its weight that counts `elapsed` ms after the slow start began. */
export function warmthAt({ window, aggression, floor }: SlowStart, elapsed: Milliseconds): number {
  if (elapsed >= window) return 1
  return Math.min(1, Math.max(floor, (Math.max(elapsed, second) / window) ** (1 / aggression)))
}
