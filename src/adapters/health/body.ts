/**
 * The body of an answer, in the format of the draft `application/health+json` (draft-inadarei-api-health-check-06).
 *
 * A key of `checks` is the name of a component, followed by a colon and the measurement, if there is one. So a colon in a name
 * is percent-encoded; `componentId` has the name itself. Error messages appear only in `output`.
 */
import type { HealthDetails } from './health-endpoints.ts'
import type { HealthPhase } from './lifecycle.ts'
import type { HealthPart } from './parts.ts'
import type { HealthStatus } from './verdict.ts'

/** How the service identifies itself. */
export interface ServiceIdentity {
  readonly version: string | undefined
  readonly releaseId: string | undefined
  readonly serviceId: string | undefined
  readonly description: string | undefined
}

export interface HealthFinding {
  readonly status: HealthStatus
  /** Set if it is the reason for the status. */
  readonly phase?: HealthPhase | undefined
  readonly parts?: readonly HealthPart[]
}

export function bodyOf(
  { status, phase, parts }: HealthFinding,
  identity: ServiceIdentity,
  details: HealthDetails,
): string {
  if (details === 'none') return JSON.stringify({ status })
  const { version, releaseId, serviceId, description } = identity
  return JSON.stringify({
    status,
    version,
    releaseId,
    serviceId,
    description,
    notes: phase && [phase],
    checks: parts?.length
      ? Object.fromEntries(parts.map((part) => [keyOf(part), [entryOf(part, details)]]))
      : undefined,
  })
}

function keyOf({ name, measurement }: HealthPart): string {
  const safe = name.replaceAll(':', '%3A')
  return measurement === undefined ? safe : `${safe}:${measurement}`
}

function entryOf({ name, type, measurement, status, reading }: HealthPart, details: HealthDetails): object {
  const known = { componentId: name, componentType: type, status }
  if (details === 'states') return known
  const { state, value, unit, took, at, output } = reading
  const timed = value === undefined && measurement === 'responseTime'
  return {
    ...known,
    observedValue: measurement === undefined ? state : timed ? took : value,
    observedUnit: timed ? 'ms' : unit,
    time: new Date(at).toISOString(),
    output: status === 'pass' ? undefined : output,
  }
}
