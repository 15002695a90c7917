/**
 * What counts as what. Everybody's accounting differs, so it is an option, and every report states it.
 *
 * A state is serving, failing, or out of the account (neither); degraded may also count in part. Ready-made accountings
 * carry the names of those whose published rules they follow.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { boolean, type Check, duration, isRecord, oneOf, optional, resolveOptions } from '../../core/options.ts'
import { type ServiceHours, serviceHoursCheck } from '../time/service-hours.ts'
import { type Code, DEGRADED, DOWN, MAINTENANCE, UNKNOWN, UP } from '../timeline/states.ts'

/** An accounting by name; `docs/availability.md` says whose it is. */
export type AccountingPreset =
  | 'default'
  | 'strict'
  | 'status-page-30'
  | 'status-page-70'
  | 'partial-is-down'
  | 'incident-weighted'
  | 'flip-log'

export interface AccountingOptions {
  /** What is not said otherwise is as in this one. Default `'default'`. */
  readonly preset?: AccountingPreset
  /** Degraded counts as up, as down, or as so much service, 0 to 1. Default `'up'`. */
  readonly degraded?: 'up' | 'down' | number
  /**
   * Maintenance leaves the account, counts as down or as up, or is ignored, as if it had never been declared.
   * Default `'exclude'`.
   */
  readonly maintenance?: 'exclude' | 'ignore' | 'down' | 'up'
  /** Unknown time leaves the account, or counts as down or as up. Default `'exclude'`. */
  readonly unknown?: 'exclude' | 'down' | 'up'
  /**
   * Outages with less than this between them are counted as one; time up in between stays up, but with `mergedAsDown`. 0 or
   * more. Default 0.
   */
  readonly mergeGap?: Duration
  /** Whether the time between outages that are counted as one is down, too, in reports and slices. Default false. */
  readonly mergedAsDown?: boolean
  /**
   * Whether unknown time ends an outage: what is down after it is an outage, and a failure, of its own. Default false: one
   * outage goes on over it.
   */
  readonly split?: boolean
  /** An outage shorter than this is a blip, and no failure; its downtime stays downtime. 0 or more. Default 0. */
  readonly confirmDown?: Duration
  /** Outages of no length are blips, or failures with an outage of 0 ms. Default `'ignore'`. */
  readonly zeroLength?: 'ignore' | 'count'
  /** Time outside these hours leaves the account. Default: none, all hours are. */
  readonly serviceHours?: ServiceHours
}

/** The options as they hold. */
export interface Accounting {
  readonly preset: AccountingPreset
  readonly degraded: 'up' | 'down' | number
  readonly maintenance: 'exclude' | 'ignore' | 'down' | 'up'
  readonly unknown: 'exclude' | 'down' | 'up'
  readonly mergeGap: Milliseconds
  readonly mergedAsDown: boolean
  readonly split: boolean
  readonly confirmDown: Milliseconds
  readonly zeroLength: 'ignore' | 'count'
  readonly serviceHours: ServiceHours | null
}

export type StateClass = 'serving' | 'failing' | 'out'

type AccountingRules = Pick<Accounting, 'degraded' | 'maintenance' | 'unknown'>

const presets: Readonly<Record<AccountingPreset, AccountingRules>> = {
  default: { degraded: 'up', maintenance: 'exclude', unknown: 'exclude' },
  // AWS Reliability Pillar: whatever does not fully serve, planned or not.
  strict: { degraded: 'down', maintenance: 'down', unknown: 'down' },
  // Instatus: a partial outage weighs 0.3 of a major one.
  'status-page-30': { degraded: 0.7, maintenance: 'up', unknown: 'exclude' },
  // Statuspage as read by Sorry: a partial outage weighs 0.7.
  'status-page-70': { degraded: 0.3, maintenance: 'up', unknown: 'exclude' },
  // incident.io: full and partial outages are down, degraded performance is up.
  'partial-is-down': { degraded: 'up', maintenance: 'up', unknown: 'exclude' },
  // Incidents by severity: a minor one weighs half.
  'incident-weighted': { degraded: 0.5, maintenance: 'exclude', unknown: 'exclude' },
  // healthchecks.io: down and nothing else.
  'flip-log': { degraded: 'up', maintenance: 'up', unknown: 'exclude' },
}

export const presetNames = Object.keys(presets) as AccountingPreset[]

const degradedCheck: Check<Accounting['degraded']> = (value, fail) =>
  value === 'up' || value === 'down' || (typeof value === 'number' && value >= 0 && value <= 1)
    ? value
    : fail("'up', 'down' or a number from 0 to 1")

export const accountingCheck: Check<Accounting> = (value, fail) => {
  if (value !== undefined && typeof value !== 'string' && !isRecord(value)) return fail('an object, or a name')
  const given = typeof value === 'string' ? { preset: value } : value
  const { preset, degraded, maintenance, unknown, ...rest } = resolveOptions('availabilityTracker', given, {
    preset: optional(oneOf(...presetNames), 'default'),
    degraded: optional(degradedCheck, undefined),
    maintenance: optional(oneOf('exclude', 'ignore', 'down', 'up'), undefined),
    unknown: optional(oneOf('exclude', 'down', 'up'), undefined),
    mergeGap: optional(duration('>= 0'), 0 as number),
    mergedAsDown: optional(boolean, false as boolean),
    split: optional(boolean, false as boolean),
    confirmDown: optional(duration('>= 0'), 0 as number),
    zeroLength: optional(oneOf('ignore', 'count'), 'ignore'),
    serviceHours: optional(serviceHoursCheck, null),
  })
  const rules = presets[preset]
  return {
    preset,
    degraded: degraded ?? rules.degraded,
    maintenance: maintenance ?? rules.maintenance,
    unknown: unknown ?? rules.unknown,
    ...rest,
  }
}

/** How each state counts. */
export function classOf(code: Code, { degraded, maintenance, unknown }: Accounting): StateClass {
  if (code === UP) return 'serving'
  if (code === DOWN) return 'failing'
  if (code === DEGRADED) return degraded === 'down' ? 'failing' : 'serving'
  const counts = code === MAINTENANCE ? maintenance : code === UNKNOWN ? unknown : 'exclude'
  if (counts === 'up') return 'serving'
  return counts === 'down' ? 'failing' : 'out'
}
