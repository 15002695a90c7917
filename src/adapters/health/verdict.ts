/**
 * Combines the states of the parts into one status.
 *
 * pass < warn < fail, and the worst part decides; no parts are a pass. An optional part never causes more than a warning. An
 * unknown part is a warning, or a failure with `unknown: 'unready'`.
 */
import type { ComponentState } from '../../availability/timeline/states.ts'

/** As in the draft of `application/health+json`. */
export type HealthStatus = 'pass' | 'warn' | 'fail'

/** How a required part in state unknown counts. */
export type UnknownReadiness = 'ready' | 'unready'

const order: readonly HealthStatus[] = ['pass', 'warn', 'fail']

/** The status of a single state. */
export function statusOf(state: ComponentState, unknown: UnknownReadiness): HealthStatus {
  if (state === 'up') return 'pass'
  if (state === 'degraded') return 'warn'
  if (state === 'unknown') return unknown === 'ready' ? 'warn' : 'fail'
  return 'fail'
}

/** The combined status: the worst of the parts, with optional parts at most a warning. */
export function verdict(parts: readonly { readonly status: HealthStatus; readonly optional: boolean }[]): HealthStatus {
  let worst = 0
  for (const { status, optional } of parts) {
    worst = Math.max(worst, Math.min(order.indexOf(status), optional ? 1 : 2))
  }
  return order[worst] as HealthStatus
}
