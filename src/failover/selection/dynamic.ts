/**
 * Weights adjusted from each server's performance and load.
 *
 * Every second each weight moves towards base × speed × success × (1 − utilisation): speed is the mean latency of all over
 * its own, success the share of its tries that did what was wanted, utilisation what it last reported. A move is bounded
 * (slew), so one odd second cannot turn the traffic round; a floor keeps a trickle by which a recovery is seen; what is not
 * known, too new or too old counts as average. Two draws by those weights, and the less busy is taken: what weights learn
 * in seconds, the number under way tells at once.
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
  /** What a member is given at least, as a share of its base weight, 0 to 1. Default 0.05. */
  readonly floor?: number
  /** By how much a weight may change in one move, as a factor >= 1. Default 2. */
  readonly slew?: number
  /** How long a new member keeps its base weight. Default 10 s. */
  readonly blackout?: Duration
  /** After how long without news a latency or a report no longer counts. Default 180 s. */
  readonly expiry?: Duration
  /** Successful tries before a latency counts, an integer >= 1. Default 5. */
  readonly minimumCalls?: number
}

interface Learnt {
  /** A share of the base weight. */
  factor: number
  since: Milliseconds | undefined
  samples: number
  sampledAt: Milliseconds
}

/** How far a weight goes towards its aim in one move, and how many times its base it may become. */
const pace = 0.3
const most = 10

/** Adjusts weights by measured speed, success and reported utilisation. O(1), and O(n) once a second. */
export function dynamic(options?: DynamicOptions): Selection {
  const rules = resolveOptions('dynamic', options, {
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
      const learnt = new PerCandidate<Learnt>(() => ({ factor: 1, since: undefined, samples: 0, sampledAt: 0 }))
      const score = new LoadScore(context)
      let movedAt = Number.NEGATIVE_INFINITY
      const pair: Pair = new Pair(
        context.random,
        (j, i) => score.at(j) * pair.weightAt(i) < score.at(i) * pair.weightAt(j),
        (candidate) => weightOf(candidate) * learnt.of(candidate).factor,
      )
      const pick: Picker['pick'] = (candidates, _call, now) => {
        if (Math.abs(now - movedAt) >= rules.every) {
          movedAt = now
          move(candidates, learnt, rules, now)
          pair.reweigh()
        }
        score.look(candidates, now)
        const place = pair.pick(candidates)
        score.see(place)
        return candidates[place] as Candidate
      }
      return {
        pick,
        next: redrawing(pick),
        settled(candidate, ok, _took, now) {
          if (!ok) return
          const known = learnt.of(candidate)
          known.samples++
          known.sampledAt = now
        },
      }
    },
  }
}

type Rules = Readonly<Record<'every' | 'floor' | 'slew' | 'blackout' | 'expiry' | 'minimumCalls', number>>

function move(candidates: readonly Candidate[], learnt: PerCandidate<Learnt>, rules: Rules, now: Milliseconds): void {
  const states = learnt.at(candidates)
  const measured = (candidate: Candidate, state: Learnt): number | undefined =>
    state.samples >= rules.minimumCalls && now - state.sampledAt < rules.expiry ? candidate.latency : undefined
  let sum = 0
  let count = 0
  candidates.forEach((candidate, i) => {
    const latency = measured(candidate, states[i] as Learnt)
    if (latency === undefined) return
    sum += latency
    count++
  })
  candidates.forEach((candidate, i) => {
    const state = states[i] as Learnt
    state.since ??= now
    if (now - state.since < rules.blackout) return
    const latency = measured(candidate, state)
    const speed = latency === undefined ? 1 : within(sum / count / Math.max(latency, Number.MIN_VALUE), 1 / most, most)
    const { load } = candidate
    const free = load === undefined || now - load.at >= rules.expiry ? 1 : 1 - Math.min(1, load.utilisation)
    const aim = speed * candidate.reliability(now) * free
    const next = state.factor + pace * (aim - state.factor)
    const slewed = within(next, state.factor / rules.slew, state.factor * rules.slew)
    state.factor = within(slewed, Math.max(rules.floor, Number.EPSILON), most)
  })
}

function within(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value))
}
