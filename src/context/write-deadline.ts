/** Hands the rest of a call's time on, in the headers of a request. */
import type { Clock } from '../core/clock.ts'
import type { Duration } from '../core/duration.ts'
import { DeadlineError } from '../core/errors.ts'
import { duration, isRecord, oneOf, optional, refuseOption, resolveOptions } from '../core/options.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { type HasDeadline, limitOf, remainingUntil } from './context-call.ts'
import { type DeadlineForm, writtenForms } from './forms.ts'
import { setHeader, type WritableHeaders } from './headers.ts'
import { currentCall } from './run-with-call.ts'

export interface WriteDeadlineOptions {
  /** The header that is written. Default `x-request-timeout-ms`. */
  readonly as?: DeadlineForm | undefined
  /** How long this attempt may take, if nothing else limits it to that. */
  readonly attempt?: Duration | undefined
  /** Taken off what is left, for the way there and back. Default 0. */
  readonly margin?: Duration | undefined
  /** What a deadline given as a `Date` is compared with. Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

const checks = {
  as: optional(oneOf(...(Object.keys(writtenForms) as DeadlineForm[])), 'x-request-timeout-ms'),
  attempt: optional(duration('> 0', true), Number.POSITIVE_INFINITY),
  margin: optional(duration('>= 0'), 0),
  clock: policyChecks.clock,
}

/**
 * Writes how much time the call has left into the headers of a request, rounded down. Call it just before the request is sent. Without
 * a deadline it writes nothing.
 *
 * ```ts
 * import { writeDeadline } from 'holdfast/context'
 * const options = { as: 'grpc-timeout', attempt: '1.2s', margin: '500ms' } as const
 * writeDeadline({ te: 'trailers' }, { deadline: '2s' }, options) // => { te: 'trailers', 'grpc-timeout': '700m' }
 * ```
 *
 * @param call The call, or anything with a deadline. Default: `currentCall()`.
 * @returns `headers`, changed.
 * @throws DeadlineError if nothing is left: do not send the request.
 */
export function writeDeadline<Written extends WritableHeaders>(
  headers: Written,
  call: HasDeadline | undefined = currentCall(),
  options?: WriteDeadlineOptions,
): Written {
  if (!isRecord(headers) && !Array.isArray(headers))
    refuseOption('writeDeadline', 'headers', 'a Headers object, an object or a list of entries', headers)
  if (call !== undefined && !isRecord(call)) refuseOption('writeDeadline', 'call', 'a call', call)
  const { as, attempt, margin, clock } = resolveOptions('writeDeadline', options, checks)
  const remaining = call === undefined ? Number.POSITIVE_INFINITY : remainingUntil(limitOf(call, clock))
  if (Number.isNaN(remaining)) {
    refuseOption('writeDeadline', 'deadline', 'a duration or a valid Date', call?.deadline)
  }
  const left = Math.min(attempt, remaining) - margin
  if (left === Number.POSITIVE_INFINITY) return headers
  const value = writtenForms[as].encode(left)
  if (value === undefined) throw new DeadlineError('writeDeadline: no time is left for this request', 'writeDeadline')
  setHeader(headers, as, value)
  return headers
}
