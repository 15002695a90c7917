/** Events of policies as events of a span. */
import type { Attributes } from './api.ts'
import { attributeName, seconds, snakeCase } from './attribute-names.ts'
import { errorType } from './error-words.ts'

/** Fields of payloads, the attributes they become, and how. What is not here would be of no use, or of no end. */
const fields: Readonly<Record<string, readonly [attribute: string, convert?: (value: never) => string | number]>> = {
  policy: ['policy.name'],
  member: ['pool.member.name'],
  error: ['error.type', errorType],
  attempt: ['attempt.number'],
  attempts: ['call.attempts'],
  delay: ['retry.delay', seconds],
  after: ['timeout.after', seconds],
  waited: ['bulkhead.wait_time', seconds],
  queued: ['bulkhead.queue.length'],
  reason: ['reason'],
  state: ['circuit_breaker.state'],
  from: ['failover.from'],
  to: ['failover.to'],
}

export function eventName(kind: string, event: string): string {
  return `holdfast.${snakeCase(kind)}.${snakeCase(event)}`
}

/** `member` is the one the try is of, where the payload names none. */
export function eventAttributes(payload: object, member: unknown): Attributes {
  const attributes: Attributes = {}
  for (const [field, value] of Object.entries({ member, ...payload })) {
    const known = fields[field]
    if (known === undefined || value === undefined) continue
    const [attribute, convert] = known
    attributes[attributeName(attribute)] = convert === undefined ? (value as string) : convert(value as never)
  }
  return attributes
}
