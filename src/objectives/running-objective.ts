/** One objective: what it measures, the tiers that watch it, and its report. */

import type { SavedObjective } from '../availability/snapshot/saved-objectives.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { CallCounter } from '../core/events.ts'
import { integer, optional, show } from '../core/options.ts'
import { type BurnDownPoint, burnDownOf } from './burn-down.ts'
import type { BurnTier } from './burn-tiers.ts'
import { levelsFor } from './count-ring.ts'
import { errorBudgetOf } from './error-budget.ts'
import { Firing } from './firing.ts'
import { errorRatioOf, type IndicatorReading, type Measure, totalOf } from './measure.ts'
import { measureOf } from './measure-of.ts'
import { type Objective, type ObjectiveReport, reportedIndicator, type TierReport } from './objective-report.ts'
import type { ResolvedObjective } from './options.ts'
import { Period, type PeriodBounds } from './period.ts'

const countCheck = optional(integer(0), 1 as number)
const mostPoints = 10_000

export class RunningObjective implements Objective {
  readonly name: string
  /** How often to evaluate it, in ms; Infinity for never. */
  readonly step: number
  readonly #tracker: TrackerState
  readonly #options: ResolvedObjective
  readonly #period: Period
  readonly #tiers: readonly Firing[]
  readonly #measure: Measure
  readonly #counter: CallCounter = (ok, ignored, _attempts, _first, _savedBy, excluded) => {
    if (!ignored && !excluded) this.#measure.count?.(ok ? 1 : 0, ok ? 0 : 1)
  }
  readonly #stopped: (objective: RunningObjective) => void
  #running = true

  /** `saved` is its state from a snapshot. */
  constructor(
    tracker: TrackerState,
    options: ResolvedObjective,
    saved: SavedObjective | undefined,
    stopped: (objective: RunningObjective) => void,
  ) {
    const { name, burn, period, indicator, bound } = options
    this.name = name
    this.#tracker = tracker
    this.#options = options
    this.#stopped = stopped
    this.#period = new Period(period)
    const fired = new Map(saved?.firing)
    this.#tiers = burn.tiers.map((tier) => new Firing(tier, fired.get(tier.name)))
    const levels = levelsFor(
      period.length,
      burn.tiers.flatMap(({ long, short }) => [long, short]),
    )
    const finest = levels[0]?.width as number
    this.step = this.#tiers.length > 0 ? finest : Number.POSITIVE_INFINITY
    const made = { tracker, period: this.#period, levels, bound, turned: (now: number): void => this.evaluate(now) }
    this.#measure = measureOf(made, indicator, saved?.counts)
    indicator.policy?.events.addCounter(this.#counter)
  }

  good(count?: number): void {
    this.#count('good', count)
  }

  bad(count?: number): void {
    this.#count('bad', count)
  }

  stop(): void {
    if (!this.#running) return
    this.#measure.settle(this.#tracker.now())
    this.#running = false
    this.#options.indicator.policy?.events.removeCounter(this.#counter)
    this.#stopped(this)
  }

  report(): ObjectiveReport {
    const now = this.#tracker.now()
    this.#tracker.settle()
    this.evaluate(now)
    const { name, target, allowed, period, burn } = this.#options
    const bounds = this.#period.at(this.#tracker.time, now)
    const reading = this.#reading(now)
    const { good, bad, absent, observed } = reading
    const total = totalOf(reading)
    const errorBudget = errorBudgetOf(reading, allowed, bounds.to - bounds.from, this.#options.budget)
    const burnRate = this.#burn(reading)
    const [first] = burn.tiers
    const pace = first === undefined ? null : this.#burn(this.#measure.read(now, first.long))
    const passed = now - bounds.from
    return {
      name,
      target,
      period: {
        calendar: period.calendar,
        zone: period.zone,
        from: this.#tracker.time.time(bounds.from),
        to: this.#tracker.time.time(bounds.to),
        fromAt: bounds.fromAt,
        toAt: bounds.toAt,
        duration: bounds.to - bounds.from,
      },
      indicator: reportedIndicator(this.#options.indicator),
      sli: total > 0 ? good / total : null,
      good,
      bad,
      absent,
      coverage: passed > 0 ? observed / passed : 0,
      lifetime: this.#lifetime(now),
      errorBudget,
      burnRate,
      exhaustionIn: this.#exhaustionIn(errorBudget.remaining, pace ?? burnRate, bounds, now),
      tiers: this.#tiers.map((firing) => this.#shown(firing, now)),
      leftOut: burn.leftOut.map((tier) => tier.name),
    }
  }

  burnDown(points = 100): readonly BurnDownPoint[] {
    if (!Number.isInteger(points) || points < 2 || points > mostPoints) {
      throw new TypeError(`objective: points must be an integer from 2 to ${mostPoints}, got ${show(points)}`)
    }
    const now = this.#tracker.now()
    this.#tracker.settle()
    this.evaluate(now)
    const { allowed, budget } = this.#options
    const { from, to } = this.#period.at(this.#tracker.time, now)
    const { spent, total, remaining } = errorBudgetOf(this.#reading(now), allowed, to - from, budget)
    if (spent === null || total === null || remaining === null) return []
    return burnDownOf({ spent, total, remaining }, this.#measure, from, now, points, this.#tracker.time)
  }

  /** Updates all tiers, and emits what has changed. */
  evaluate(now: number): void {
    if (!this.#running) return
    this.#measure.settle(now)
    for (const firing of this.#tiers) {
      const { long, short } = firing.tier
      const inLong = this.#measure.read(now, long)
      const burnLong = this.#burnIn(inLong, long)
      const burnShort = this.#burnIn(this.#measure.read(now, short), short)
      const state = firing.update(now, burnLong, burnShort, this.#enough(inLong))
      if (state !== undefined) this.#emit(firing.tier, state, burnLong, burnShort, now)
    }
  }

  save(): SavedObjective {
    const firing = this.#tiers.flatMap(({ tier, since }): [string, number][] =>
      since === undefined ? [] : [[tier.name, since]],
    )
    return { name: this.name, firing, counts: this.#measure.save?.() ?? null }
  }

  #count(what: 'good' | 'bad', given: unknown): void {
    const count = countCheck(given, (expected) => {
      throw new TypeError(`objective: ${what} must be given ${expected}, got ${show(given)}`)
    })
    if (this.#measure.count === undefined) throw new TypeError(`objective: ${what} is for indicators of requests`)
    if (this.#running) this.#measure.count(what === 'good' ? count : 0, what === 'bad' ? count : 0)
  }

  #enough(reading: IndicatorReading): boolean {
    return this.#options.indicator.kind === 'time' || totalOf(reading) >= this.#options.minimumEvents - 1e-6
  }

  #reading(now: number): IndicatorReading {
    const { calendar, length } = this.#options.period
    return calendar === null ? this.#measure.read(now, length) : this.#measure.inPeriod(now)
  }

  #burn(reading: IndicatorReading): number | null {
    const ratio = errorRatioOf(reading)
    return ratio === null ? null : ratio / this.#options.allowed
  }

  /** Time of a window that was not observed spends nothing: a bad first minute is not a bad hour. */
  #burnIn(reading: IndicatorReading, length: number): number | null {
    const burn = this.#burn(reading)
    return burn === null ? null : burn * Math.min(1, reading.observed / length)
  }

  #lifetime(now: number): ObjectiveReport['lifetime'] {
    const { good, bad } = this.#measure.lifetime(now)
    return { good, bad }
  }

  #exhaustionIn(remaining: number | null, burn: number | null, { from, to }: PeriodBounds, now: number): number | null {
    if (remaining === null || burn === null) return null
    if (remaining <= 0) return 0
    if (burn === 0) return null
    const lasts = (remaining * (to - from)) / burn
    return this.#options.period.calendar !== null && now + lasts > to ? null : lasts
  }

  #emit(tier: BurnTier, state: 'start' | 'end', burnLong: number | null, burnShort: number | null, now: number): void {
    const { events, time } = this.#tracker
    if (!events.hasListeners('burn')) return
    const { name: objective, allowed, budget } = this.#options
    const { from, to } = this.#period.at(time, now)
    const budgetRemaining = errorBudgetOf(this.#reading(now), allowed, to - from, budget).remaining
    const { name, severity, factor } = tier
    events.emit('burn', { objective, tier: name, severity, state, factor, burnLong, burnShort, budgetRemaining })
  }

  #shown({ tier, firing, since }: Firing, now: number): TierReport {
    const { name, severity, long, short, factor } = tier
    return {
      name,
      severity,
      long,
      short,
      factor,
      burnLong: this.#burnIn(this.#measure.read(now, long), long),
      burnShort: this.#burnIn(this.#measure.read(now, short), short),
      firing,
      since: since === undefined ? null : this.#tracker.time.time(since),
    }
  }
}
