import { readFileSync } from 'node:fs'

export interface TierVector {
  readonly name: string
  readonly longMs: number
  readonly shortMs: number
  readonly budgetFraction: number
  readonly burnRate: number
  readonly exhaustsInMs: number
}

export interface FiringVector {
  readonly tier: string
  readonly fires: boolean
  readonly detectMs?: number
  readonly resetShortOnlyMs?: number
  readonly resetLongOnlyMs?: number
  readonly wouldNeedMs?: number
}

export interface Scenario {
  readonly label: string
  readonly slo: number
  readonly errorRatio: number
  readonly durationMs: number
  readonly budgetConsumed30d: number
  readonly tiers: readonly FiringVector[]
}

export interface BurnVectors {
  readonly tierSets: Readonly<Record<string, readonly TierVector[]>>
  readonly feasibility30d: readonly {
    readonly slo: number
    readonly maxBurn: number
    readonly thresholds: readonly { readonly tier: string; readonly errorRatio: number; readonly canFire: boolean }[]
  }[]
  readonly singleWindowExample: Readonly<
    Record<'slo' | 'windowMs' | 'burnRate' | 'budgetFraction' | 'detectTotalOutageMs' | 'resetMs', number>
  >
  readonly scenarios: readonly Scenario[]
  readonly budgets: readonly { readonly slo: number; readonly windowMs: number; readonly budgetMs: number }[]
  readonly nobl9: {
    readonly target: number
    readonly good: readonly number[]
    readonly valid: readonly number[]
    readonly expect: Readonly<Record<string, number>>
  }
  readonly openslo: { readonly cases: readonly Readonly<Record<string, unknown>>[] }
  readonly calendar: {
    readonly eventsPerDay: number
    readonly days: number
    readonly bad: number
    readonly slo: number
    readonly observedRatioRemaining: readonly { readonly day: number; readonly remaining: number }[]
    readonly absoluteRemainingWithExpectedTotal: number
  }
  readonly lowTraffic: {
    readonly ex: readonly {
      readonly events: number
      readonly bad: number
      readonly slo: number
      readonly burn: number
      readonly suppressedByMinEvents: number
    }[]
  }
  readonly publishedSlips: readonly { readonly claim: string; readonly correct: unknown }[]
  readonly sloGenerator: {
    readonly ex: readonly { readonly sli: number; readonly goal: number; readonly trueBurn: number }[]
  }
}

export const vectors = JSON.parse(
  readFileSync(new URL('../data/availability-burn-rate.json', import.meta.url), 'utf8'),
) as BurnVectors
