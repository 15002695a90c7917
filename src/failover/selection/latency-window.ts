/**
 * Takes the less busy of two members drawn among the near ones: those within a window above the lowest latency, as MongoDB's
 * drivers choose among servers. For members that differ by distance rather than by load.
 *
 * Distance is the least recent latency of a member: work and queues only add to it. A mean would take a busy moment for
 * distance; then few members would carry all calls, get busy in turn, and pass the whole load on from one to the next. A
 * distance decays while the member gets no calls, so that one that has come nearer is noticed.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, optional, resolveOptions } from '../../core/options.ts'
import { peakAt } from '../../stats/peak-ewma.ts'
import { PerCandidate } from './per-candidate.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'
import { lessBusy } from './two-choices.ts'

export interface LatencyWindowOptions {
  /** How much higher than the lowest latency a member's may be. Default 15 ms. */
  readonly window?: Duration
}

/** The greatest age, in ms, of the list of near members. */
const refreshEvery = 100
/** A least latency counts for at least this long, in ms, and at most twice as long. */
const kept = 10_000
/** The time without an answer, in ms, after which a distance has decayed to 37 %. */
const decay = 30_000
/** The answers that a distance takes: a single one may have met a busy moment. */
const enough = 5

/**
 * Draws among the members whose least recent latency is at most `window` above the lowest; a member that has answered less
 * than five times is among them. O(1) a pick, and O(n) ten times a second.
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

/** The least latency of the last 10 to 20 s, kept in two halves. */
class Distance {
  #answers = 0
  #least = Number.POSITIVE_INFINITY
  #before = Number.POSITIVE_INFINITY
  #since = 0
  #answeredAt = 0

  add(took: Milliseconds, now: Milliseconds): void {
    const elapsed = Math.abs(now - this.#since)
    if (elapsed >= kept) {
      // A member without an answer for long may be elsewhere by now.
      this.#before = elapsed < 2 * kept ? this.#least : Number.POSITIVE_INFINITY
      this.#least = took
      this.#since = now
    } else if (took < this.#least) this.#least = took
    this.#answeredAt = now
    this.#answers++
  }

  /** Infinity where there are too few answers. */
  at(now: Milliseconds): Milliseconds {
    if (this.#answers < enough) return Number.POSITIVE_INFINITY
    return peakAt(Math.min(this.#least, this.#before), now - this.#answeredAt, decay)
  }
}

/** The candidates at most `window` further away than the nearest; `distances` are in their order. Never empty. */
function within(candidates: readonly Candidate[], distances: readonly Milliseconds[], window: number) {
  const least = distances.reduce((nearest, distance) => Math.min(nearest, distance), Number.POSITIVE_INFINITY)
  return candidates.filter((_, index) => {
    const distance = distances[index] as number
    return distance === Number.POSITIVE_INFINITY || distance <= least + window
  })
}
