/** The handler of a question: whatever comes, it neither throws nor rejects. */
import type { Events } from '../../core/events.ts'
import { give, type ServerHandler } from '../../serving/answer.ts'
import { requestOf, type ServerRequest } from '../../serving/request.ts'

/** A request, whoever's it is. */
export interface HealthRequest extends ServerRequest {}

/** Answers a request, in the way of the server it was given to: `app.get('/ready', health.ready)`. */
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
      // A clock that fails, for one. Who cannot tell how they are should not be sent more.
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
