/**
 * Draws two members and takes the one that will answer sooner: Finagle's peak EWMA.
 *
 * The cost of a member is its time to answer: a higher sample reindexs it at once, a lower one moves it according to the time
 * elapsed, and it decays while the member gets no calls, so that a slow member is tried again. A member's load is its cost
 * times its tries under way. A failing member costs at least as much as members usually do: how quickly it fails says
 * nothing about its speed, and its cost must not decay to 0.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, optional, resolveOptions } from '../../core/options.ts'
import { peakAfter, peakAt } from '../../stats/peak-ewma.ts'
import { CandidateColumns } from './candidate-columns.ts'
import { LoadScore } from './load-score.ts'
import { Pair } from './pair.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'

export interface PeakEwmaOptions {
  /** The time without a sample after which a cost has decayed to 37 %. Default 10 s. */
  readonly decay?: Duration
}

/** How much a new sample counts in the usual cost. */
const alpha = 0.1
/** The cost of a member that has a try under way and has never answered. */
const unmeasured = 1e9

/** Draws two members by weight and takes the one with the lower load; failures raise the load. O(1) a pick. */
export function peakEwma(options?: PeakEwmaOptions): Selection {
  const { decay } = resolveOptions('peakEwma', options, { decay: optional(duration('> 0'), 10_000 as number) })
  return {
    kind: 'peakEwma',
    start(context) {
      const columns = new CandidateColumns('mean', 'sampledAt')
      const score = new LoadScore(context)
      let at = 0
      let { mean, sampledAt } = columns.at([])
      let usual = 0
      const load = (index: number): number => {
        const cost = peakAt(mean[index] as number, at - (sampledAt[index] as number), decay)
        const pending = score.pendingAt(index)
        if (pending < 0) return (Math.max(cost, usual) * (score.penalisedAt(index) + 1)) / pair.weightAt(index)
        if (cost > 0) return (cost * (pending + 1)) / pair.weightAt(index)
        return pending === 0 ? 0 : unmeasured + pending
      }
      const pair: Pair = new Pair(context.random, (j, i) => load(j) < load(i))
      const pick: Picker['pick'] = (candidates, _call, now) => {
        at = now
        ;({ mean, sampledAt } = columns.at(candidates))
        score.prepare(candidates, now)
        const index = pair.pick(candidates)
        score.picked(index)
        return candidates[index] as Candidate
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate: Candidate, ok: boolean, took: Milliseconds, now: Milliseconds) {
          const row = columns.rowOf(candidate)
          // It was ejected while the try ran; its next samples come when it is back.
          if (row === undefined) return
          const [known, elapsed] = [mean[row] as number, now - (sampledAt[row] as number)]
          // A failure shows how long a try can take, never how quick the member is.
          if (!ok && (known === 0 || took <= peakAt(known, elapsed, decay))) return
          if (ok) usual = usual === 0 ? took : usual + alpha * (took - usual)
          mean[row] = peakAfter(known, took, elapsed, decay)
          sampledAt[row] = now
        },
      }
    },
  }
}
