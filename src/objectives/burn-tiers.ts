/**
 * The tiers of multi-window, multi-burn-rate alerts.
 *
 * A tier uses two windows: the long one proves that a share of the budget is spent, the short one that spending still goes
 * on. Its factor follows from the period: share * period / long. The windows are those of the Google SRE workbook for 30
 * days or more; for a shorter period they shrink with it, so that the factors stay 14.4, 6, 3 and 1. With the windows of 30
 * days the slow tiers of 7 days would fire at 0.7 and 0.23, when nothing is wrong.
 */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, isRecord, oneOf, optional, positive, resolveOptions, text } from '../core/options.ts'
import { complement } from '../stats/complement.ts'
import { type BurnThreshold, targetCheck } from './burn-rate.ts'

/** Whether it needs an engineer now, or can wait for working hours. */
export type BurnSeverity = 'page' | 'ticket'

export interface BurnTierOptions {
  readonly name: string
  /** Default `'page'`. */
  readonly severity?: BurnSeverity
  /** The share of the budget that is spent when it fires, above 0 and at most 1. Either this or `factor`. */
  readonly budget?: number
  /** The burn rate both windows must exceed, above 0. */
  readonly factor?: number
  /** The window that shows how much is spent. At most the period. */
  readonly long: Duration
  /** The window that shows that spending still goes on. Below `long`. Default: a twelfth of it. */
  readonly short?: Duration
  /** How long both must stay exceeded before it fires. 0 or more. Default 0, because the long window already delays it. */
  readonly for?: Duration
  /** How long the short window must stay below before it ends. 0 or more. Default: half the short window. */
  readonly hold?: Duration
}

/** A resolved tier. */
export interface BurnTier extends BurnThreshold {
  readonly name: string
  readonly severity: BurnSeverity
  /** The share of the budget that is spent when it fires. */
  readonly budget: number
  readonly for: Milliseconds
  readonly hold: Milliseconds
}

export interface BurnTiers {
  /** The tiers that can fire. */
  readonly tiers: readonly BurnTier[]
  /** The default tiers that can never fire: even a total outage burns too slowly. */
  readonly leftOut: readonly BurnTier[]
}

const hour = 3_600_000

/** The period the default windows are made for. */
export const standardPeriod: Milliseconds = 30 * 24 * hour

const standard = [
  { name: 'page-fast', severity: 'page', budget: 0.02, long: hour },
  { name: 'page-slow', severity: 'page', budget: 0.05, long: 6 * hour },
  { name: 'ticket-fast', severity: 'ticket', budget: 0.1, long: 24 * hour },
  { name: 'ticket-slow', severity: 'ticket', budget: 0.1, long: 72 * hour },
] as const

/** How much the default windows shrink for a period. */
export function scaleOf(period: Milliseconds): number {
  return Math.min(1, period / standardPeriod)
}

/**
 * The tiers for a period and a target.
 *
 * ```ts
 * import { burnTiers } from 'holdfast/objectives'
 * burnTiers('30d', 0.999).tiers.map(({ factor }) => factor) // => [14.4, 6, 3, 1]
 * burnTiers('30d', 0.9).leftOut.map(({ name }) => name) // => ['page-fast']
 * ```
 *
 * `period` is a duration above 0, `target` above 0 and below 1. Throws a `TypeError` for anything else, and for a tier in
 * the options that can never fire: factor >= 1 / (1 - target).
 */
export function burnTiers(
  period: Duration,
  target: number,
  options?: { readonly tiers?: readonly BurnTierOptions[] },
): BurnTiers {
  const checks = { period: duration('> 0'), target: targetCheck }
  const given = resolveOptions('burnTiers', { period, target }, checks)
  const { tiers } = resolveOptions('burnTiers', options, { tiers: (value) => value })
  return tiersOf('burnTiers', given.period, given.target, tiers)
}

/** Checks `given`, the `tiers` option; without it, the default tiers. */
export function tiersOf(kind: string, period: Milliseconds, target: number, given: unknown): BurnTiers {
  const canFire = ({ factor }: BurnTier): boolean => factor * complement(target) < 1
  if (given === undefined) {
    const scale = scaleOf(period)
    const all = standard.map(({ name, severity, budget, long }): BurnTier => {
      const short = (long * scale) / 12
      const factor = factorOf(budget, Math.max(period, standardPeriod), long)
      return { name, severity, budget, long: long * scale, short, factor, for: 0, hold: short / 2 }
    })
    return { tiers: all.filter(canFire), leftOut: all.filter((tier) => !canFire(tier)) }
  }
  if (!Array.isArray(given)) throw new TypeError(`${kind}: tiers must be an array of tiers`)
  const tiers = given.map((tier) => tierOf(kind, period, tier))
  const names = new Set<string>()
  for (const tier of tiers) {
    if (names.has(tier.name)) throw new TypeError(`${kind}: tiers must have unique names, got "${tier.name}" twice`)
    names.add(tier.name)
    if (canFire(tier)) continue
    const most = Number((1 / complement(target)).toPrecision(6))
    const problem = `can never fire: its factor is ${Number(tier.factor.toPrecision(6))}, a total outage burns at ${most}`
    throw new TypeError(`${kind}: tier "${tier.name}" ${problem}`)
  }
  return { tiers, leftOut: [] }
}

function factorOf(budget: number, period: Milliseconds, long: Milliseconds): number {
  return (budget * period) / long
}

const shareCheck: Check<number> = (value, fail) =>
  typeof value === 'number' && value > 0 && value <= 1 ? value : fail('a number above 0 and at most 1')

function tierOf(kind: string, period: Milliseconds, given: unknown): BurnTier {
  if (!isRecord(given)) throw new TypeError(`${kind}: a tier must be an object`)
  const longCheck: Check<number> = (value, fail) => {
    const long = duration('> 0')(value, fail)
    return long <= period ? long : fail('a duration no longer than the period')
  }
  const tier = resolveOptions(`${kind}: tier`, given, {
    name: text,
    severity: optional(oneOf('page', 'ticket'), 'page'),
    budget: optional(shareCheck, undefined),
    factor: optional(positive, undefined),
    long: longCheck,
    short: optional(duration('> 0'), undefined),
    for: optional(duration('>= 0'), 0 as number),
    hold: optional(duration('>= 0'), undefined),
  })
  const { long, short = long / 12 } = tier
  if (short >= long) throw new TypeError(`${kind}: tier: short must be below long, got ${short} and ${long}`)
  if ((tier.budget === undefined) === (tier.factor === undefined)) {
    throw new TypeError(`${kind}: tier: either budget or factor must be given`)
  }
  const budget = tier.budget ?? ((tier.factor as number) * long) / period
  const factor = tier.factor ?? factorOf(budget, period, long)
  const { hold = short / 2 } = tier
  return { name: tier.name, severity: tier.severity, budget, long, short, factor, for: tier.for, hold }
}
