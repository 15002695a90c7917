/**
 * The near ones: all members within a window above the quickest, and of them the less busy of two by chance, as MongoDB's
 * drivers choose among servers. For members that are apart by distance rather than by load.
 *
 * What was measured fades while a member is not asked, so that one that was slow for a moment is tried again.
 */
import type { Duration } from '../../core/duration.ts'
import { duration, optional, resolveOptions } from '../../core/options.ts'
import { peakAt } from '../../stats/peak-ewma.ts'
import { Busyness } from './busyness.ts'
import { Columns } from './columns.ts'
import { Pair } from './pair.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'

export interface LatencyWindowOptions {
  /** How much slower than the quickest a member may be. Default 15 ms. */
  readonly window?: Duration
}

/** How old, in ms, the list of the near ones may be. */
const refreshEvery = 100
/** After how long without an answer, in ms, a latency has faded to 37 %. */
const fading = 5000

/**
 * Draws among the members whose mean latency is at most `window` above the lowest; one that has not answered yet is among
 * them. O(1), and O(n) ten times a second.
 */
export function latencyWindow(options?: LatencyWindowOptions): Selection {
  const { window } = resolveOptions('latencyWindow', options, { window: optional(duration('>= 0'), 15 as number) })
  return {
    kind: 'latencyWindow',
    start({ random }) {
      const busyness = new Busyness()
      let at = 0
      const pair = new Pair(random, (other, one) => busyness.less(other, one, at))
      const columns = new Columns('askedAt')
      let seen: readonly Candidate[] | undefined
      let seenAt = 0
      let near: readonly Candidate[] = []
      const pick: Picker['pick'] = (candidates, _call, now) => {
        if (candidates !== seen || Math.abs(now - seenAt) >= refreshEvery) {
          seen = candidates
          seenAt = now
          const { askedAt } = columns.at(candidates)
          near = within(candidates, window, (place) => now - (askedAt[place] as number))
        }
        at = now
        const picked = pair.pick(near)
        busyness.see(picked)
        return picked
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate, _ok, _took, now) {
          const place = columns.placeOf(candidate)
          if (place !== undefined && seen !== undefined) columns.at(seen).askedAt[place] = now
        },
      }
    },
  }
}

/** Who is at most `window` slower than the quickest; `silence` is how long one at a place has not answered. Never empty. */
function within(
  candidates: readonly Candidate[],
  window: number,
  silence: (place: number) => number,
): readonly Candidate[] {
  let least = Number.POSITIVE_INFINITY
  for (const { latency } of candidates) if (latency !== undefined && latency < least) least = latency
  return candidates.filter(({ latency }, place) => {
    return latency === undefined || peakAt(latency, silence(place), fading) <= least + window
  })
}
