/**
 * Weights members by the servers' own reports: gRPC's client-side weighted round robin (proposal A58).
 *
 * weight = rate / (utilisation + errors / rate × penalty): the requests a server serves, by how full they make it. A member
 * without a report has the mean weight; with fewer than two weights it is plain round robin. Picks go earliest deadline first.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, finite, optional, resolveOptions } from '../../core/options.ts'
import type { LoadReport } from '../load/load-report.ts'
import { Deadlines } from './deadlines.ts'
import { PerCandidate } from './per-candidate.ts'
import type { Candidate, Selection } from './selection.ts'

export interface ReportedLoadOptions {
  /** How much failures add to utilisation, >= 0. Default 1. */
  readonly errorPenalty?: number
  /** How long after its first report a member keeps the mean weight. Default 10 s. */
  readonly blackout?: Duration
  /** The age at which a report no longer counts. Default 180 s. */
  readonly expiry?: Duration
  /** How often weights are computed. Default 1 s. */
  readonly every?: Duration
}

interface ReportedWeight {
  weight: number
  /** When the first report came after a time without reports. */
  since: Milliseconds | undefined
}

/** The weight that follows from a report; 0 where the report is not enough. */
export function reportedWeight({ rate, utilisation, errors }: LoadReport, errorPenalty: number): number {
  if (rate === 0 || utilisation === 0) return 0
  return rate / (utilisation + (errors / rate) * errorPenalty)
}

/** Shares picks by weights computed from what servers report with `pool.report`. O(log n) a pick, and O(n) once a second. */
export function reportedLoad(options?: ReportedLoadOptions): Selection {
  const { errorPenalty, blackout, expiry, every } = resolveOptions('reportedLoad', options, {
    errorPenalty: optional(finite(0), 1 as number),
    blackout: optional(duration('>= 0'), 10_000 as number),
    expiry: optional(duration('> 0'), 180_000 as number),
    every: optional(duration('> 0'), 1000 as number),
  })
  return {
    kind: 'reportedLoad',
    start({ random }) {
      const known = new PerCandidate<ReportedWeight>(() => ({ weight: 1, since: undefined }))
      const deadlines = new Deadlines(random, (candidate) => known.of(candidate).weight)
      let readAt = Number.NEGATIVE_INFINITY
      const weightAt = (candidate: Candidate, state: ReportedWeight, now: Milliseconds): number => {
        const { load } = candidate
        if (load === undefined || now - load.at >= expiry) {
          state.since = undefined
          return 0
        }
        state.since ??= load.at
        return now - state.since < blackout ? 0 : reportedWeight(load, errorPenalty)
      }
      const read = (candidates: readonly Candidate[], now: Milliseconds): void => {
        const states = known.at(candidates)
        const weights = states.map((state, i) => weightAt(candidates[i] as Candidate, state, now))
        const some = weights.filter((weight) => weight > 0)
        const mean = some.length < 2 ? 1 : some.reduce((sum, weight) => sum + weight, 0) / some.length
        for (const [i, state] of states.entries()) {
          const weight = weights[i] as number
          state.weight = some.length < 2 || weight === 0 ? mean : weight
        }
        deadlines.reweigh()
      }
      return {
        pick(candidates, _call, now) {
          if (Math.abs(now - readAt) >= every) {
            readAt = now
            read(candidates, now)
          }
          return deadlines.first(candidates) as Candidate
        },
        next: (candidates, _call, _now, tried) => deadlines.first(candidates, tried),
      }
    },
  }
}
