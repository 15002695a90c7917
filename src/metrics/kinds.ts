/** The kinds of policies that describe themselves to exporters; every other kind is described by the events it emits. */
import { adaptiveLimiterTelemetry } from '../adaptive-limiter/telemetry.ts'
import { bulkheadTelemetry } from '../bulkhead/telemetry.ts'
import { cacheTelemetry } from '../cache/telemetry.ts'
import { chaosTelemetry } from '../chaos/telemetry.ts'
import { circuitBreakerTelemetry } from '../circuit-breaker/telemetry.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { EventTelemetry, MetricTelemetry, PolicyTelemetry } from '../core/telemetry.ts'
import { deadlineBudgetTelemetry } from '../deadline-budget/telemetry.ts'
import { failoverTelemetry } from '../failover/telemetry.ts'
import { fallbackTelemetry } from '../fallback/telemetry.ts'
import { hedgeTelemetry } from '../hedge/telemetry.ts'
import { keyedTelemetry } from '../keyed/telemetry.ts'
import { customPolicyTelemetry, pipelineTelemetry } from '../pipeline/telemetry.ts'
import { rateLimiterTelemetry } from '../rate-limiter/telemetry.ts'
import { retryTelemetry } from '../retry/telemetry.ts'
import { singleFlightTelemetry } from '../single-flight/telemetry.ts'
import { throttleTelemetry } from '../throttle/telemetry.ts'
import { timeoutTelemetry } from '../timeout/telemetry.ts'

/** One line a kind. */
export const kinds: readonly PolicyTelemetry[] = [
  pipelineTelemetry,
  customPolicyTelemetry,
  circuitBreakerTelemetry,
  retryTelemetry,
  hedgeTelemetry,
  timeoutTelemetry,
  fallbackTelemetry,
  bulkheadTelemetry,
  rateLimiterTelemetry,
  cacheTelemetry,
  singleFlightTelemetry,
  adaptiveLimiterTelemetry,
  failoverTelemetry,
  chaosTelemetry,
  keyedTelemetry,
  throttleTelemetry,
  deadlineBudgetTelemetry,
]

const byKind: ReadonlyMap<string, PolicyTelemetry> = new Map(kinds.map((telemetry) => [telemetry.kind, telemetry]))

/** Counts the events of each policy whose kind has no telemetry of its own. */
export const policyEvents: MetricTelemetry = {
  name: 'policy.events',
  unit: '{event}',
  description: 'Events of policies whose kind has no metrics of its own',
  attributes: { kind: 'policy.kind', event: 'policy.event' },
}

/** The telemetry of a kind; undefined where the kind has none of its own. */
export function telemetryOfKind(kind: string): PolicyTelemetry | undefined {
  return byKind.get(kind)
}

/** What exporters show of a policy. Policies of another copy of the library are known by their kind, too. */
export function telemetryOf(policy: BasePolicy): PolicyTelemetry {
  return byKind.get(policy.kind) ?? genericTelemetry(policy)
}

function genericTelemetry(policy: BasePolicy): PolicyTelemetry {
  const { kind } = policy
  const { events } = policy.describe()
  // `success` comes with every call, and a subscription to it would slow each of them down.
  const counted = events.filter((event) => event !== 'success')
  const eventOf = (event: string): EventTelemetry =>
    event === 'success' ? { everyCall: true } : { counter: { metric: policyEvents, labels: { kind, event } } }
  return {
    kind,
    label: ['policy', 'policy.name'],
    events: Object.fromEntries(events.map((event) => [event, eventOf(event)])),
    dashboard: { id: kind, counts: Object.fromEntries(counted.map((event) => [event, event])) },
  }
}
