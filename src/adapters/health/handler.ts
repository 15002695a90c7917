/**
 * One handler for every way a server asks: a response to write on (`node:http`, Express), a reply to send (Fastify), or
 * nothing, where a `Response` is to be given (Hono, Deno, Bun, workers).
 *
 * Which it is shows in the second argument. Whatever comes, a handler neither throws nor rejects.
 */
import type { Events } from '../../core/events.ts'
import { isRecord } from '../../core/options.ts'

/** A request, whoever's it is. */
export interface HealthRequest {
  readonly method: string
  /** A header by its name, in any case. */
  header(name: string): string | undefined
  /** The request as the server has it: `IncomingMessage`, Express's, Fastify's, or a `Request`. */
  readonly raw: unknown
}

/** What is used of a response of `node:http` or Express. */
export interface NodeResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body?: string): unknown
}

/** What is used of a reply of Fastify. */
export interface FastifyReply {
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(body: string): unknown
}

/** Answers a request, in the way of the server it was given to. */
export interface HealthHandler {
  /** `node:http` and Express: `app.get('/ready', health.ready)`. */
  (request: object, response: NodeResponse, ...rest: readonly unknown[]): Promise<void>
  /** Fastify: `app.get('/ready', health.ready)`. */
  <Reply extends FastifyReply>(request: object, reply: Reply): Promise<Reply>
  /** A `Request`, or a context of Hono. */
  (request: Request | { readonly req: { readonly raw: Request } }, ...rest: readonly unknown[]): Promise<Response>
}

export interface Answer {
  readonly status: number
  readonly body: string
}

const nothing = JSON.stringify({ status: 'fail' })

type Fields = Record<string, string>

export function handlerOf(answer: (request: HealthRequest) => Promise<Answer>, events: Events): HealthHandler {
  const answered = async (request: HealthRequest): Promise<Answer> => {
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
    const headers: Fields = {
      'content-type': 'application/health+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(allowed ? {} : { allow: 'GET, HEAD' }),
    }
    try {
      if (isNode(other)) return write(other, status, headers, body, method === 'HEAD')
      if (isFastify(other)) {
        other.code(status)
        other.headers(headers)
        other.send(body)
        return other
      }
    } catch (error) {
      // A response that somebody else has begun already.
      events.fault('response', error)
      return other
    }
    return new Response(method === 'HEAD' ? null : body, { status, headers })
  }
  return handler as HealthHandler
}

function write(response: NodeResponse, status: number, headers: Fields, body: string, head: boolean): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('content-length', `${new TextEncoder().encode(body).length}`)
  if (head) response.end()
  else response.end(body)
}

function isNode(value: unknown): value is NodeResponse {
  return isRecord(value) && typeof value['setHeader'] === 'function' && typeof value['end'] === 'function'
}

function isFastify(value: unknown): value is FastifyReply {
  return isRecord(value) && typeof value['code'] === 'function' && typeof value['send'] === 'function'
}

/** Reads no more of a request than its method and, where somebody asks, its headers. */
function requestOf(given: unknown): HealthRequest {
  const context = isRecord(given) && isRecord(given['req']) && isRecord(given['req']['raw']) ? given['req'] : undefined
  const raw: unknown = context?.['raw'] ?? given
  const { method, headers } = (isRecord(raw) ? raw : {}) as { method?: unknown; headers?: unknown }
  return {
    raw,
    method: typeof method === 'string' ? method : 'GET',
    header: (name) => {
      if (!isRecord(headers)) return undefined
      const value = typeof headers['get'] === 'function' ? headers['get'](name) : headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : undefined
    },
  }
}
