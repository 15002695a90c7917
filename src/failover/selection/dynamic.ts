/**
 * Adjusts weights to each server's performance and load.
 *
 * Every second each weight moves towards base × speed × success × (1 − utilisation): speed is the mean latency of all members
 * over its own, success the share of its tries that succeeded, utilisation the value it last reported. A move is bounded
 * (slew), so one odd second does not shift the traffic; a floor keeps enough traffic to notice a recovery; unknown, too new
 * or too old values count as average. Of two members drawn by these weights the less busy one is taken: weights react in
 * seconds, the number of tries under way at once.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, finite, integer, optional, ratio, resolveOptions } from '../../core/options.ts'
import { LoadScore, weightOf } from './load-score.ts'
import { Pair } from './pair.ts'
import { PerCandidate } from './per-candidate.ts'
import { redrawing } from './redraw.ts'
import type { Candidate, Picker, Selection } from './selection.ts'

export interface DynamicOptions {
  /** How often weights move. Default 1 s. */
  readonly every?: Duration
  /** The least share of its base weight that a member keeps, 0 to 1. Default 0.05. */
  readonly floor?: number
  /** The most that a weight may change in one move, as a factor >= 1. Default 2. */
  readonly slew?: number
  /** How long a new member keeps its base weight. Default 10 s. */
  readonly blackout?: Duration
  /** The age at which a latency or a report no longer counts. Default 180 s. */
  readonly expiry?: Duration
  /** Successful tries before a latency counts, an integer >= 1. Default 5. */
  readonly minimumCalls?: number
}

/** What is measured of a candidate. */
interface DynamicWeight {
  /** Times the base weight. */
  factor: number
  since: Milliseconds | undefined
  samples: number
  sampledAt: Milliseconds
}

/** The part of the way to its target that a weight moves at once, and the greatest factor of its base weight. */
const pace = 0.3
const most = 10

/** Adjusts weights by measured speed, success and reported utilisation. O(1) a pick, and O(n) once a second. */
export function dynamic(options?: DynamicOptions): Selection {
  const settings = resolveOptions('dynamic', options, {
    every: optional(duration('> 0'), 1000 as number),
    floor: optional(ratio, 0.05 as number),
    slew: optional(finite(1), 2 as number),
    blackout: optional(duration('>= 0'), 10_000 as number),
    expiry: optional(duration('> 0'), 180_000 as number),
    minimumCalls: optional(integer(1), 5 as number),
  })
  return {
    kind: 'dynamic',
    start(context) {
      const weights = new PerCandidate<DynamicWeight>(() => ({ factor: 1, since: undefined, samples: 0, sampledAt: 0 }))
      const score = new LoadScore(context)
      let movedAt = Number.NEGATIVE_INFINITY
      const pair: Pair = new Pair(
        context.random,
        (j, i) => score.at(j) * pair.weightAt(i) < score.at(i) * pair.weightAt(j),
        (candidate) => weightOf(candidate) * weights.of(candidate).factor,
      )
      const pick: Picker['pick'] = (candidates, _call, now) => {
        if (Math.abs(now - movedAt) >= settings.every) {
          movedAt = now
          move(candidates, weights, settings, now)
          pair.reweigh()
        }
        score.prepare(candidates, now)
        const index = pair.pick(candidates)
        score.picked(index)
        return candidates[index] as Candidate
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate, ok, _took, now) {
          if (!ok) return
          const known = weights.of(candidate)
          known.samples++
          known.sampledAt = now
        },
      }
    },
  }
}

type DynamicSettings = Readonly<Record<'every' | 'floor' | 'slew' | 'blackout' | 'expiry' | 'minimumCalls', number>>

function move(
  candidates: readonly Candidate[],
  weights: PerCandidate<DynamicWeight>,
  settings: DynamicSettings,
  now: Milliseconds,
): void {
  const states = weights.at(candidates)
  const measured = (candidate: Candidate, state: DynamicWeight): number | undefined =>
    state.samples >= settings.minimumCalls && now - state.sampledAt < settings.expiry ? candidate.latency : undefined
  let sum = 0
  let count = 0
  candidates.forEach((candidate, i) => {
    const latency = measured(candidate, states[i] as DynamicWeight)
    if (latency === undefined) return
    sum += latency
    count++
  })
  candidates.forEach((candidate, i) => {
    const state = states[i] as DynamicWeight
    state.since ??= now
    if (now - state.since < settings.blackout) return
    const latency = measured(candidate, state)
    const speed = latency === undefined ? 1 : within(sum / count / Math.max(latency, Number.MIN_VALUE), 1 / most, most)
    const { load } = candidate
    const free = load === undefined || now - load.at >= settings.expiry ? 1 : 1 - Math.min(1, load.utilisation)
    const target = speed * candidate.reliability(now) * free
    const next = state.factor + pace * (target - state.factor)
    const slewed = within(next, state.factor / settings.slew, state.factor * settings.slew)
    state.factor = within(slewed, Math.max(settings.floor, Number.EPSILON), most)
  })
}

function within(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value))
}
