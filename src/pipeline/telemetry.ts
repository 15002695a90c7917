/** What exporters show of a pipeline, whose parts are shown in its place, and of a policy made by `policy()`. */
import type { BaseEvents } from '../core/events.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Pipeline } from './pipeline.ts'
import type { CustomPolicy } from './policy.ts'

export const pipelineTelemetry: PolicyTelemetry<Pipeline, BaseEvents> = {
  kind: 'pipeline',
  label: ['pipeline', 'pipeline.name'],
  events: {},
  composite: true,
  dashboard: { id: 'pipeline', counts: {} },
}

/** It emits nothing of its own; its function may run the operation again. */
export const customPolicyTelemetry: PolicyTelemetry<CustomPolicy, BaseEvents> = {
  kind: 'policy',
  label: ['policy', 'policy.name'],
  events: {},
  repeats: true,
  dashboard: { id: 'custom', counts: {} },
}
