/**
 * The answer to a proxy that asks whether to send more: 200, or 503 while draining or overloaded.
 *
 * Nginx moves such a request on under `proxy_next_upstream http_503`, HAProxy's `httpchk` takes the server out, and a client
 * with a retry waits for `Retry-After`. A question that fails is answered 503: who cannot tell how they are should not be
 * sent more.
 */

import { realClock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import { boolean, duration, functionOf, optional, resolveOptions, show } from '../../core/options.ts'

export interface HealthAnswerOptions {
  /** It is about to end, or was taken out by its operator. Default: never. */
  readonly draining?: () => boolean
  /** It has more than it can do. Default: never. */
  readonly overloaded?: () => boolean
  /** When to ask again, rounded up to whole seconds, above 0. Default 1 s. */
  readonly retryAfter?: Duration
  /** Told of a function that failed, by its name as `source`. Default: one warning each. */
  readonly onFault?: (fault: FaultEvent) => void
}

/** What is used of a response of `node:http`, or of anything like it. */
export interface HealthAnswerResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/**
 * Makes a handler for `node:http` that says whether this service takes more.
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
 * @throws TypeError where an option is wrong.
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
      const said = ask()
      ignoreRejection(said)
      return boolean(said, (expected) => {
        throw new TypeError(`${kind}: ${source} must give ${expected}, got ${show(said)}`)
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
