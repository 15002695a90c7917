/** Turns events of policies into events of a span. */
import type { EventBase } from '../../core/events.ts'
import type { SpanFieldTelemetry } from '../../core/telemetry.ts'
import { telemetryOfKind } from '../../metrics/kinds.ts'
import type { Attributes } from './api.ts'
import { attributeName, seconds, snakeCase } from './attribute-names.ts'
import { errorType } from './error-type.ts'

/** Fields that mean the same in every kind's payloads. Other fields appear only where the kind's telemetry names them. */
const commonFields: Readonly<Record<string, SpanFieldTelemetry>> = {
  policy: { attribute: 'policy.name' },
  member: { attribute: 'pool.member.name' },
  error: { attribute: 'error.type' },
  attempt: { attribute: 'attempt.number' },
  attempts: { attribute: 'call.attempts' },
  reason: { attribute: 'reason' },
}

export function eventName(kind: string, event: string): string {
  return `holdfast.${snakeCase(kind)}.${snakeCase(event)}`
}

/** `member` is the member of the current attempt; a member in the payload goes before it. */
export function eventAttributes(payload: EventBase, member: unknown): Attributes {
  const fields = { ...commonFields, ...telemetryOfKind(payload.kind)?.spanFields }
  const attributes: Attributes = {}
  for (const [field, value] of Object.entries({ member, ...payload })) {
    if (!Object.hasOwn(fields, field) || value === undefined) continue
    const { attribute, duration } = fields[field] as SpanFieldTelemetry
    const shown = field === 'error' ? errorType(value) : duration ? seconds(value as number) : value
    attributes[attributeName(attribute)] = shown as string | number
  }
  return attributes
}
