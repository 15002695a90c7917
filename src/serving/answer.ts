/**
 * Writes an answer for any server: to a response (`node:http`, Express), to a reply (Fastify), or as a returned `Response`
 * (Hono, Deno, Bun, workers). The second argument of a handler shows which of them it is.
 */
import { isRecord } from '../core/options.ts'

/** The part of a response of `node:http` or Express that is used. */
export interface NodeResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body?: string): unknown
}

/** The part of a Fastify reply that is used. */
export interface FastifyReply {
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(body: string): unknown
}

/** Answers requests of any supported server. */
export interface ServerHandler {
  /** `node:http` and Express. */
  (request: object, response: NodeResponse, ...rest: readonly unknown[]): Promise<void>
  /** Fastify. */
  <Reply extends FastifyReply>(request: object, reply: Reply): Promise<Reply>
  /** A `Request`, or a context of Hono. */
  (request: Request | { readonly req: { readonly raw: Request } }, ...rest: readonly unknown[]): Promise<Response>
}

export interface ServerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends an answer, without its body if `method` is HEAD. Calls `fault` if the response has already begun. */
export function give(
  other: unknown,
  method: string,
  { status, headers, body }: ServerAnswer,
  fault: (error: unknown) => void,
): unknown {
  try {
    if (isNode(other)) return write(other, status, headers, body, method === 'HEAD')
    if (isFastify(other)) {
      other.code(status)
      other.headers({ ...headers })
      other.send(body)
      return other
    }
  } catch (error) {
    fault(error)
    return other
  }
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}

function write(
  response: NodeResponse,
  status: number,
  headers: ServerAnswer['headers'],
  body: string,
  head: boolean,
): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('content-length', `${new TextEncoder().encode(body).length}`)
  if (head) response.end()
  else response.end(body)
}

export function isNode(value: unknown): value is NodeResponse {
  return isRecord(value) && typeof value['setHeader'] === 'function' && typeof value['end'] === 'function'
}

export function isFastify(value: unknown): value is FastifyReply {
  return isRecord(value) && typeof value['code'] === 'function' && typeof value['send'] === 'function'
}
