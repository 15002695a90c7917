/**
 * What counts as what. Everybody's accounting differs, so it is an option, and stands in every report.
 *
 * A state is serving, failing, or out of the account (neither); degraded may also count in part.
 */
import { type Check, isRecord, oneOf, optional, resolveOptions } from '../../core/options.ts'
import { type Code, DEGRADED, DOWN, MAINTENANCE, UP } from '../timeline/states.ts'

export interface AccountingOptions {
  /** Degraded counts as up, as down, or as so much service, 0 to 1. Default `'up'`. */
  readonly degraded?: 'up' | 'down' | number
  /**
   * Maintenance leaves the account, counts as down or as up, or is ignored, as if it had never been declared.
   * Default `'exclude'`.
   */
  readonly maintenance?: 'exclude' | 'ignore' | 'down' | 'up'
}

/** The options as they hold. */
export type Accounting = Required<AccountingOptions>

export type Class = 'serving' | 'failing' | 'out'

const degradedCheck: Check<Accounting['degraded']> = (value, fail) =>
  value === 'up' || value === 'down' || (typeof value === 'number' && value >= 0 && value <= 1)
    ? value
    : fail("'up', 'down' or a number from 0 to 1")

export const accountingCheck: Check<Accounting> = (value, fail) => {
  if (value !== undefined && !isRecord(value)) return fail('an object')
  return resolveOptions('availabilityTracker', value, {
    degraded: optional(degradedCheck, 'up'),
    maintenance: optional(oneOf('exclude', 'ignore', 'down', 'up'), 'exclude'),
  })
}

/** How each state counts. */
export function classOf(code: Code, { degraded, maintenance }: Accounting): Class {
  if (code === UP) return 'serving'
  if (code === DOWN) return 'failing'
  if (code === DEGRADED) return degraded === 'down' ? 'failing' : 'serving'
  if (code === MAINTENANCE && maintenance === 'up') return 'serving'
  if (code === MAINTENANCE && maintenance === 'down') return 'failing'
  return 'out'
}
