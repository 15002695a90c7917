/**
 * Bounds of a mean time, if times are exponential: MTBF from uptime and failures, MTTR from downtime and repairs.
 *
 * With r events in the total time T, 2T / mean is χ². If the observation ended by the clock, the time since the last
 * event is in T too, and the bounds are 2T / χ²(1 - α/2; 2r + 2) and 2T / χ²(α/2; 2r); if it ended with an event,
 * both have 2r. Without failures there is only a lower bound, T / -ln α: no point estimate, no upper bound
 * (NIST/SEMATECH e-Handbook 8.4.5.1). All of it assumes a constant rate. Failures come in clusters, so the true
 * interval is wider.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { boolean, duration, integer, oneOf, optional, resolveOptions } from '../../core/options.ts'
import { chiSquareQuantile } from '../distributions/quantiles.ts'
import { beyond, confidenceChecks, type Sided } from './confidence.ts'

export interface MeanInterval {
  /** Total time / events; null without events. */
  readonly estimate: Milliseconds | null
  /** Null if nothing was observed, or the observation ends with an event and there is none. */
  readonly lower: Milliseconds | null
  /** Null without events, and if only a lower bound was requested. */
  readonly upper: Milliseconds | null
  /** The confidence level, valid if the rate is constant. */
  readonly confidence: number
  /** The number of events it was computed from. */
  readonly events: number
  /** Fewer than 3 events: the bounds hold, but say little. */
  readonly insufficient: boolean
}

interface IntervalOptions {
  /** Confidence level of the interval, between 0 and 1. Default 0.95. */
  readonly confidence?: number
  /** Both bounds, or only the lower one, which is then tighter. Default `'two'`. */
  readonly sided?: Sided
}

export interface MtbfIntervalOptions extends IntervalOptions {
  /** Time in operation. 0 or more. */
  readonly uptime: Duration
  /** Failures in it. An integer >= 0. */
  readonly failures: number
  /** Whether the observation ended at a time, as in a report, or with the last failure. Default `'time'`. */
  readonly censoring?: 'time' | 'failure'
}

export interface MttrIntervalOptions extends IntervalOptions {
  /** Total time down, including repairs in progress. 0 or more. */
  readonly downtime: Duration
  /** Repairs that were completed. An integer >= 0. */
  readonly repairs: number
  /** A repair is in progress: its time counts, its end is not known. Default false. */
  readonly open?: boolean
}

/**
 * Bounds of the mean time between failures.
 *
 * Takes the uptime and failures of a report. Throws a `TypeError` for options out of bounds.
 *
 * ```ts
 * import { mtbfInterval } from 'holdfast/availability'
 * const month = mtbfInterval({ uptime: '30d', failures: 0, sided: 'lower' })
 * month.estimate // => null
 * Math.round((month.lower ?? 0) / 3_600_000) // => 240
 * ```
 */
export function mtbfInterval(options: MtbfIntervalOptions): MeanInterval {
  const { uptime, failures, censoring, confidence, sided } = resolveOptions('mtbfInterval', options, {
    uptime: duration('>= 0'),
    failures: integer(0),
    censoring: optional(oneOf('time', 'failure'), 'time'),
    ...confidenceChecks,
  })
  return interval(uptime, failures, censoring === 'time', confidence, sided)
}

/**
 * Bounds of the mean time to repair, whichever kind of downtime is given.
 *
 * Repair times are rarely exponential: with ten repairs or more, look at their percentiles too. Throws a `TypeError` for
 * options out of bounds.
 */
export function mttrInterval(options: MttrIntervalOptions): MeanInterval {
  const { downtime, repairs, open, confidence, sided } = resolveOptions('mttrInterval', options, {
    downtime: duration('>= 0'),
    repairs: integer(0),
    open: optional(boolean, false),
    ...confidenceChecks,
  })
  return interval(downtime, repairs, open, confidence, sided)
}

function interval(total: number, events: number, cut: boolean, confidence: number, sided: Sided): MeanInterval {
  const rest = beyond(confidence, sided)
  const degrees = 2 * events
  const below = cut ? degrees + 2 : degrees
  const known = total > 0 && below > 0
  return {
    estimate: events === 0 ? null : total / events,
    lower: known ? (2 * total) / chiSquareQuantile(1 - rest, below, rest) : null,
    upper: known && events > 0 && sided === 'two' ? (2 * total) / chiSquareQuantile(rest, degrees) : null,
    confidence,
    events,
    insufficient: events < 3,
  }
}
