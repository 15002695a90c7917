/** How long the sender of a request waits for the answer, by the headers of the request. */
import { type Clock, realClock } from '../core/clock.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, isRecord, optional, refuseOption, resolveOptions } from '../core/options.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { type DeadlineHeader, readForms } from './forms.ts'
import { headerValues, type ReadableHeaders } from './headers.ts'

export interface ReadDeadlineOptions {
  /**
   * The headers that are read. Default: `x-request-timeout-ms`, `grpc-timeout`, `connect-timeout-ms` and
   * `x-envoy-expected-rq-timeout-ms`. Those with an instant need clocks that agree, so they are read only if named here.
   */
  readonly from?: readonly DeadlineHeader[] | undefined
  /** No request gets more. Default 1 h. */
  readonly maxDeadline?: Duration | undefined
  /** Whose wall clock the headers with an instant are compared with. Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

const known = Object.keys(readForms)

const from: Check<readonly DeadlineHeader[]> = (value, fail) =>
  Array.isArray(value) && value.every((name) => known.includes(name))
    ? [...(value as DeadlineHeader[])]
    : fail(`an array of ${known.map((name) => `'${name}'`).join(', ')}`)

const defaultFrom: readonly DeadlineHeader[] = [
  'x-request-timeout-ms',
  'grpc-timeout',
  'connect-timeout-ms',
  'x-envoy-expected-rq-timeout-ms',
]

const checks = {
  from: optional(from, defaultFrom),
  maxDeadline: optional(duration('> 0', true), 3_600_000),
  clock: policyChecks.clock,
}

/**
 * The time that the sender of a request still waits, in milliseconds: for `runWithCall`, or for the option `deadline` of a call. Of
 * several headers the shortest time holds.
 *
 * ```ts
 * import { readDeadline } from 'holdfast/context'
 * readDeadline({ 'grpc-timeout': '1500m' }) // => 1500
 * readDeadline(new Headers()) // => undefined
 * ```
 *
 * @returns 0 if the time is over; undefined if no header has a value that can be read.
 */
export function readDeadline(headers: ReadableHeaders, options?: ReadDeadlineOptions): Milliseconds | undefined {
  if (!isRecord(headers) && !Array.isArray(headers))
    refuseOption('readDeadline', 'headers', 'a Headers object, an object or a list of entries', headers)
  const { from, maxDeadline, clock = realClock } = resolveOptions('readDeadline', options, checks)
  let least = Number.POSITIVE_INFINITY
  for (const name of from) {
    for (const value of headerValues(headers, name)) {
      least = Math.min(least, readForms[name].decode(value, clock) ?? Number.POSITIVE_INFINITY)
    }
  }
  return least === Number.POSITIVE_INFINITY ? undefined : Math.min(maxDeadline, Math.max(0, least))
}
