import { type Pieces, piecesOf } from './pieces.ts'
import { sourcesOf } from './read-timeline.ts'
import type { FleetTimeline, TimelineSource } from './timeline-source.ts'

/**
 * Puts timelines, and fleets of them, into one fleet.
 *
 * That is a union: order, grouping and repeats make no difference, and no states are merged yet. So parts of a fleet can
 * be collected in one place, sent as JSON, and collected again. If two timelines of the same component and observer
 * overlap, the one that ends later wins.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { exportTimeline, fleetTimeline } from 'holdfast/fleet'
 * const tracker = availabilityTracker()
 * tracker.component('stock').up()
 * const seen = exportTimeline(tracker, 'stock', { observer: 'web-1' })
 * fleetTimeline([seen, JSON.parse(JSON.stringify(seen))]).timelines.length // => 1
 * ```
 *
 * @throws TypeError for anything but timelines, and its subclass `TimelineVersionError` for one of another version.
 */
export function fleetTimeline(timelines: readonly TimelineSource[]): FleetTimeline {
  return { format: 'holdfast.fleet', version: 1, timelines: fleetOf('fleetTimeline', timelines).flat() }
}

/** The same, by observer. */
export function fleetOf(kind: string, timelines: readonly TimelineSource[]): readonly Pieces[] {
  return piecesOf(sourcesOf(kind, timelines))
}

/** From the first start to the last end. */
export function spanOf(fleet: readonly Pieces[]): readonly [from: number, to: number] {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const pieces of fleet) {
    for (const piece of pieces) {
      from = Math.min(from, piece.from)
      to = Math.max(to, piece.to)
    }
  }
  return [from, to]
}
