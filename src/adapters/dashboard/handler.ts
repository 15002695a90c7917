/** One handler for every kind of server. It never throws or rejects, whatever it is given. */
import type { Events } from '../../core/events.ts'
import {
  type FastifyReply,
  give,
  isFastify,
  isNode,
  type ServerAnswer,
  type ServerHandler,
} from '../../serving/answer.ts'
import { requestOf, type ServerRequest } from '../../serving/request.ts'
import { jsonAnswer, pageAnswer, streamHeaders } from './answers.ts'
import { type AllowedHosts, isAllowed } from './request/hosts.ts'
import { type DashboardQuery, parseQuery } from './request/query.ts'
import { RequestError } from './request/request-error.ts'
import { mayRead } from './request/same-origin.ts'
import { NodeEventStream, type NodeStreamResponse } from './stream/node-event-stream.ts'
import type { StreamHub } from './stream/stream-hub.ts'
import { WebEventStream } from './stream/web-event-stream.ts'

/** Answers a request in the way of the server that calls it: `app.use('/holdfast', board.handler)`. */
export interface DashboardHandler extends ServerHandler {}

/** The part of a Fastify reply that streaming needs. */
interface FastifyStreamReply extends FastifyReply {
  hijack(): unknown
  readonly raw: NodeStreamResponse
}

/** A query for neither the page nor the stream. */
export type OtherQuery = Exclude<DashboardQuery, { readonly topic: 'page' | 'events' }>

export interface DashboardHandlerOptions {
  readonly hub: StreamHub
  /** Undefined allows any host. */
  readonly hosts: AllowedHosts | undefined
  isClosed(): boolean
  answer(query: OtherQuery, request: ServerRequest): Promise<ServerAnswer>
}

export function handlerOf({ hub, hosts, answer, isClosed }: DashboardHandlerOptions, events: Events): DashboardHandler {
  const checked = (request: ServerRequest): DashboardQuery => {
    if (hosts !== undefined && !isAllowed(hosts, request)) throw new RequestError(403, 'this host is not allowed')
    const query = parseQuery(request)
    if (isClosed()) throw new RequestError(503, 'the dashboard is closed')
    if (query.topic !== 'page' && !mayRead(request)) throw new RequestError(403, 'cross-site requests are not allowed')
    if (query.topic === 'events' && hub.full) throw new RequestError(503, 'too many pages are open')
    return query
  }
  const answered = (query: DashboardQuery, request: ServerRequest): ServerAnswer | Promise<ServerAnswer> => {
    if (query.topic === 'page') return pageAnswer
    return query.topic === 'events' ? { status: 200, headers: streamHeaders, body: '' } : answer(query, request)
  }
  const failed = (error: unknown, request: ServerRequest | undefined): ServerAnswer => {
    if (error instanceof RequestError) return errorAnswer(error, request)
    events.fault('answer', error)
    return jsonAnswer(500, { error: 'internal error' })
  }
  const handler = async (given: unknown, other: unknown): Promise<unknown> => {
    let request: ServerRequest | undefined
    let found: ServerAnswer
    try {
      request = requestOf(given)
      const query = checked(request)
      // No await since the check of `hub.full`: otherwise simultaneous requests could exceed `maxClients`.
      if (query.topic === 'events' && request.method === 'GET') return stream(hub, other)
      found = await answered(query, request)
    } catch (error) {
      found = failed(error, request)
    }
    return give(other, request?.method ?? 'GET', found, (error) => events.fault('response', error))
  }
  return handler as DashboardHandler
}

function stream(hub: StreamHub, other: unknown): unknown {
  if (isNode(other)) {
    streamOn(hub, other as NodeStreamResponse)
    return undefined
  }
  if (isFastify(other)) {
    const reply = other as FastifyStreamReply
    streamOn(hub, reply.raw, () => reply.hijack())
    return reply
  }
  return hub.connect((onClose) => new WebEventStream(streamHeaders, onClose)).response
}

function streamOn(hub: StreamHub, response: NodeStreamResponse, takeOver: () => unknown = () => {}): void {
  // A response that is destroyed already would never emit `close`.
  if (response.destroyed) return
  hub.connect((onClose) => {
    takeOver()
    return new NodeEventStream(response, streamHeaders, onClose)
  })
}

function errorAnswer({ status, message }: RequestError, request: ServerRequest | undefined): ServerAnswer {
  return jsonAnswer(status, { error: message }, errorHeaders(status, request))
}

function errorHeaders(status: number, request: ServerRequest | undefined): Readonly<Record<string, string>> {
  if (status === 405) return { allow: 'GET, HEAD, POST' }
  if (status === 503) return { 'retry-after': '5' }
  // Otherwise the server would go on reading a body that is too slow or too long. HTTP/2 has no such header.
  const { httpVersionMajor } = (request?.raw ?? {}) as { readonly httpVersionMajor?: unknown }
  return (status === 408 || status === 413) && httpVersionMajor === 1 ? { connection: 'close' } : {}
}
