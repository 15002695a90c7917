/**
 * The answer to a proxy that asks whether to send more requests: 200, or 503 while draining or overloaded.
 *
 * On 503, Nginx passes the request on under `proxy_next_upstream http_503`, HAProxy's `httpchk` takes the server out, and a
 * client with a retry waits for `Retry-After`. If one of the functions fails, the answer is 503: a service that cannot
 * determine its state should not get more traffic.
 */

import { realClock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import { boolean, duration, functionOf, optional, resolveOptions, show } from '../../core/options.ts'

export interface HealthAnswerOptions {
  /** Whether the service is about to end or was taken out by its operator. Default: never. */
  readonly draining?: () => boolean
  /** Whether the service has more work than it can handle. Default: never. */
  readonly overloaded?: () => boolean
  /** The `Retry-After` of a 503, above 0, rounded up to whole seconds. Default 1 s. */
  readonly retryAfter?: Duration
  /** Called when one of the functions fails; `source` is its name. Default: one warning per source. */
  readonly onFault?: (fault: FaultEvent) => void
}

/** The part of a `node:http` response that is used. */
export interface HealthAnswerResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/**
 * Makes a handler for `node:http` that reports whether this service takes more requests.
 *
 * ```ts
 * import { createServer } from 'node:http'
 * import { healthAnswer } from 'holdfast/nginx'
 * let draining = false
 * const health = healthAnswer({ draining: () => draining })
 * const server = createServer((request, response) => {
 *   if (request.url === '/health') health(request, response)
 *   else response.end('hello')
 * })
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function healthAnswer(
  options?: HealthAnswerOptions,
): (request: unknown, response: HealthAnswerResponse) => void {
  const kind = 'healthAnswer'
  const { draining, overloaded, retryAfter, onFault } = resolveOptions(kind, options, {
    draining: optional(functionOf<() => unknown>(), () => false),
    overloaded: optional(functionOf<() => unknown>(), () => false),
    retryAfter: optional(duration('> 0'), 1000 as number),
    onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
  })
  const events = new Events({ name: kind, kind, clock: realClock })
  if (onFault !== undefined) events.on('fault', onFault)
  const is = (source: string, ask: () => unknown): boolean => {
    try {
      const answer = ask()
      ignoreRejection(answer)
      return boolean(answer, (expected) => {
        throw new TypeError(`${kind}: ${source} must give ${expected}, got ${show(answer)}`)
      })
    } catch (error) {
      events.fault(source, error)
      return true
    }
  }
  const wait = `${Math.ceil(retryAfter / 1000)}`
  return (_request, response) => {
    const why = is('draining', draining) ? 'draining' : is('overloaded', overloaded) ? 'overloaded' : undefined
    response.statusCode = why === undefined ? 200 : 503
    if (why !== undefined) response.setHeader('retry-after', wait)
    response.setHeader('content-type', 'text/plain')
    response.setHeader('cache-control', 'no-store')
    response.end(`${why ?? 'ok'}\n`)
  }
}
