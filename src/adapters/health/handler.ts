/** The handler of an endpoint. It never throws and never rejects, whatever the request. */
import type { Events } from '../../core/events.ts'
import { give, type ServerHandler } from '../../serving/answer.ts'
import { requestOf, type ServerRequest } from '../../serving/request.ts'

/** A request of any supported server. */
export interface HealthRequest extends ServerRequest {}

/** Answers requests of any supported server: `app.get('/ready', health.ready)`. */
export interface HealthHandler extends ServerHandler {}

export interface HealthResponse {
  readonly status: number
  readonly body: string
}

const nothing = JSON.stringify({ status: 'fail' })

export function handlerOf(answer: (request: HealthRequest) => Promise<HealthResponse>, events: Events): HealthHandler {
  const answered = async (request: HealthRequest): Promise<HealthResponse> => {
    try {
      return await answer(request)
    } catch (error) {
      // For example a failing clock. A service that cannot determine its state should not get traffic.
      events.fault('answer', error)
      return { status: 503, body: nothing }
    }
  }
  const handler = async (given: unknown, other: unknown): Promise<unknown> => {
    const request = requestOf(given)
    const { method } = request
    const allowed = method === 'GET' || method === 'HEAD'
    const { status, body } = allowed ? await answered(request) : { status: 405, body: nothing }
    const headers = {
      'content-type': 'application/health+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(allowed ? {} : { allow: 'GET, HEAD' }),
    }
    return give(other, method, { status, headers, body }, (error) => events.fault('response', error))
  }
  return handler as HealthHandler
}
