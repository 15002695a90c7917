/**
 * The near ones: all members within a window above the quickest, and of them the less busy of two by chance, as MongoDB's
 * drivers choose among servers. For members that are apart by distance rather than by load.
 *
 * Distance is the least time a member took of late: work and queues only ever add to it. A mean takes a busy moment for
 * distance; then few carry it all, are busy in turn, and the whole load goes round from one to the next. What is known fades
 * while a member is not asked, so that one that has come nearer is found.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, optional, resolveOptions } from '../../core/options.ts'
import { peakAt } from '../../stats/peak-ewma.ts'
import { PerCandidate } from './per-candidate.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'
import { lessBusy } from './two-choices.ts'

export interface LatencyWindowOptions {
  /** How much further away than the nearest a member may be. Default 15 ms. */
  readonly window?: Duration
}

/** How old, in ms, the list of the near ones may be. */
const refreshEvery = 100
/** How long, in ms, a least time counts, at least and at most twice. */
const kept = 10_000
/** After how long without an answer, in ms, a distance has faded to 37 %. */
const fading = 30_000
/** Answers of which the least is taken for a distance; one may have met a busy moment. */
const enough = 5

/**
 * Draws among the members whose least latency of late is at most `window` above the lowest; one that has answered less
 * than five times is among them. O(1), and O(n) ten times a second.
 */
export function latencyWindow(options?: LatencyWindowOptions): Selection {
  const { window } = resolveOptions('latencyWindow', options, { window: optional(duration('>= 0'), 15 as number) })
  return {
    kind: 'latencyWindow',
    start(context) {
      const { choose } = lessBusy(context)
      const distances = new PerCandidate(() => new Distance())
      let seen: readonly Candidate[] | undefined
      let seenAt = 0
      let near: readonly Candidate[] = []
      const pick: Picker['pick'] = (candidates, _call, now) => {
        if (candidates !== seen || Math.abs(now - seenAt) >= refreshEvery) {
          seen = candidates
          seenAt = now
          near = within(
            candidates,
            distances.at(candidates).map((distance) => distance.at(now)),
            window,
          )
        }
        return choose(near.length === candidates.length ? candidates : near, now)
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate, ok, took, now) {
          if (ok) distances.of(candidate).add(took, now)
        },
      }
    },
  }
}

/** The least time of the last 10 to 20 s, kept in two halves. */
class Distance {
  #answers = 0
  #least = Number.POSITIVE_INFINITY
  #before = Number.POSITIVE_INFINITY
  #since = 0
  #heardAt = 0

  add(took: Milliseconds, now: Milliseconds): void {
    const elapsed = Math.abs(now - this.#since)
    if (elapsed >= kept) {
      // One that was not asked for long may be elsewhere by now.
      this.#before = elapsed < 2 * kept ? this.#least : Number.POSITIVE_INFINITY
      this.#least = took
      this.#since = now
    } else if (took < this.#least) this.#least = took
    this.#heardAt = now
    this.#answers++
  }

  /** Infinity where too little is known. */
  at(now: Milliseconds): Milliseconds {
    if (this.#answers < enough) return Number.POSITIVE_INFINITY
    return peakAt(Math.min(this.#least, this.#before), now - this.#heardAt, fading)
  }
}

/** Who is at most `window` further away than the nearest, by their distances in the same order. Never empty. */
function within(candidates: readonly Candidate[], distances: readonly Milliseconds[], window: number) {
  const least = distances.reduce((nearest, distance) => Math.min(nearest, distance), Number.POSITIVE_INFINITY)
  return candidates.filter((_, place) => {
    const distance = distances[place] as number
    return distance === Number.POSITIVE_INFINITY || distance <= least + window
  })
}
