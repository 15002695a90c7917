/**
 * How what is known of the parts becomes one answer.
 *
 * pass < warn < fail, and the worst of all parts is the whole; no parts are a pass. A part that is optional never makes more
 * than a warning. What is unknown is not called fine: it is a warning, or a failure where the user wants to be sure.
 */
import type { State } from '../../availability/timeline/states.ts'

/** As in the draft of `application/health+json`. */
export type HealthStatus = 'pass' | 'warn' | 'fail'

/** Whether a required part nobody knows about lets traffic in. */
export type UnknownReadiness = 'ready' | 'unready'

const order: readonly HealthStatus[] = ['pass', 'warn', 'fail']

/** What a state is, for itself. */
export function statusOf(state: State, unknown: UnknownReadiness): HealthStatus {
  if (state === 'up') return 'pass'
  if (state === 'degraded') return 'warn'
  if (state === 'unknown') return unknown === 'ready' ? 'warn' : 'fail'
  return 'fail'
}

/** What parts come to: the worst of what each counts for. */
export function verdict(parts: readonly { readonly status: HealthStatus; readonly optional: boolean }[]): HealthStatus {
  let worst = 0
  for (const { status, optional } of parts) {
    worst = Math.max(worst, Math.min(order.indexOf(status), optional ? 1 : 2))
  }
  return order[worst] as HealthStatus
}
