/**
 * Two by chance, the one that will answer sooner: Finagle's peak EWMA.
 *
 * The cost of a member is its time to answer: a sample above it replaces it at once, one below moves it by elapsed time,
 * and it fades while the member is not asked, so that a slow one is tried again. Its load is cost times all that waits. One
 * that fails costs at least what others usually do: how quick it is says nothing, and its cost must not fade to nothing.
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
  /** After how long without a sample a cost has faded to 37 %. Default 10 s. */
  readonly decay?: Duration
}

/** How much a new sample counts in what is usual. */
const alpha = 0.1
/** What a member costs that has a try under way and has never answered. */
const unmeasured = 1e9

/** Draws two members by weight and takes the one with the lower cost; failures are priced in. O(1). */
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
      const load = (place: number): number => {
        const cost = peakAt(mean[place] as number, at - (sampledAt[place] as number), decay)
        const busy = score.plainAt(place)
        if (busy < 0) return (Math.max(cost, usual) * (score.pricedAt(place) + 1)) / pair.weightAt(place)
        if (cost > 0) return (cost * (busy + 1)) / pair.weightAt(place)
        return busy === 0 ? 0 : unmeasured + busy
      }
      const pair: Pair = new Pair(context.random, (j, i) => load(j) < load(i))
      const pick: Picker['pick'] = (candidates, _call, now) => {
        at = now
        ;({ mean, sampledAt } = columns.at(candidates))
        score.look(candidates, now)
        const place = pair.pick(candidates)
        score.see(place)
        return candidates[place] as Candidate
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate: Candidate, ok: boolean, took: Milliseconds, now: Milliseconds) {
          const place = columns.placeOf(candidate)
          // It was put out meanwhile; its next samples come when it is back.
          if (place === undefined) return
          const [known, elapsed] = [mean[place] as number, now - (sampledAt[place] as number)]
          // A failure says how long it can take, never how quick the member is.
          if (!ok && (known === 0 || took <= peakAt(known, elapsed, decay))) return
          if (ok) usual = usual === 0 ? took : usual + alpha * (took - usual)
          mean[place] = peakAfter(known, took, elapsed, decay)
          sampledAt[place] = now
        },
      }
    },
  }
}
