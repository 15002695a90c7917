/** Whether a dependency refused a call, by the signs that HTTP, gRPC and this library have for it. */
import { isRejection } from './errors.ts'

/** What answers and errors have of it, whatever library made them. */
interface Signs {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly code?: unknown
  readonly metadata?: unknown
  readonly response?: Signs | null
  readonly errors?: unknown
}

/** RESOURCE_EXHAUSTED of gRPC. Other errors use the number too, so those of gRPC are recognized by their metadata. */
const exhausted = 8

/** A rejection, 429, 503, RESOURCE_EXHAUSTED, or several errors that are all of these. */
export function refusedByDependency(ok: boolean, outcome: unknown): boolean {
  if (typeof outcome !== 'object' || outcome === null) return false
  try {
    if (ok) return busy(outcome) && (outcome as Signs).headers !== undefined
    const { errors } = outcome as Signs
    if (!Array.isArray(errors) || errors.length === 0) return isRefusal(outcome)
    return isRejection(outcome) || errors.every(isRefusal)
  } catch {
    // A getter of the user's threw: no sign of a refusal.
    return false
  }
}

function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, metadata, response } = error as Signs
  return (
    isRejection(error) ||
    busy(error) ||
    code === 'RESOURCE_EXHAUSTED' ||
    (code === exhausted && metadata !== undefined) ||
    (typeof response === 'object' && response !== null && busy(response))
  )
}

function busy({ status, statusCode }: Signs): boolean {
  return status === 429 || status === 503 || statusCode === 429 || statusCode === 503
}
