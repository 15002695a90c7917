/** The one handler, for every way a server asks. Whatever comes, it neither throws nor rejects. */
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
import { streamHeaders } from './answers.ts'
import { jsonAnswer, pageAnswer } from './data-answers.ts'
import { type Hosts, isFor } from './request/hosts.ts'
import { type Question, questionOf } from './request/query.ts'
import { Refusal } from './request/request-error.ts'
import { mayRead } from './request/same-origin.ts'
import { NodeOutlet, type NodeStream } from './stream/node-event-stream.ts'
import type { Hub } from './stream/stream-hub.ts'
import { WebOutlet } from './stream/web-event-stream.ts'

/** Answers a request, in the way of the server it was given to: `app.use('/holdfast', board.handler)`. */
export interface DashboardHandler extends ServerHandler {}

/** What is used of a reply of Fastify to stream. */
interface FastifyStream extends FastifyReply {
  hijack(): unknown
  readonly raw: NodeStream
}

export interface Answers {
  readonly hub: Hub
  /** Undefined: any. */
  readonly hosts: Hosts | undefined
  isClosed(): boolean
  /** Of anything but the page and the stream. */
  answer(question: Question, request: ServerRequest): ServerAnswer | Promise<ServerAnswer>
}

export function handlerOf({ hub, hosts, answer, isClosed }: Answers, events: Events): DashboardHandler {
  const checked = (request: ServerRequest): Question => {
    if (hosts !== undefined && !isFor(hosts, request)) throw new Refusal(403, 'not for this host')
    const question = questionOf(request)
    if (isClosed()) throw new Refusal(503, 'closed')
    if (question.of !== 'page' && !mayRead(request)) throw new Refusal(403, 'not for other sites')
    if (question.of === 'events' && hub.full) throw new Refusal(503, 'too many pages are open')
    return question
  }
  const answered = (question: Question, request: ServerRequest): ServerAnswer | Promise<ServerAnswer> => {
    if (question.of === 'page') return pageAnswer
    return question.of === 'events' ? { status: 200, headers: streamHeaders, body: '' } : answer(question, request)
  }
  const refused = (error: unknown, request: ServerRequest | undefined): ServerAnswer => {
    if (error instanceof Refusal) return refusal(error, request)
    events.fault('answer', error)
    return jsonAnswer(500, { error: 'it failed' })
  }
  const handler = async (given: unknown, other: unknown): Promise<unknown> => {
    let request: ServerRequest | undefined
    let found: ServerAnswer
    try {
      request = requestOf(given)
      const question = checked(request)
      // Nothing is awaited before, so that of those who come at once none is one too many.
      if (question.of === 'events' && request.method === 'GET') return stream(hub, other)
      found = await answered(question, request)
    } catch (error) {
      found = refused(error, request)
    }
    return give(other, request?.method ?? 'GET', found, (error) => events.fault('response', error))
  }
  return handler as DashboardHandler
}

function stream(hub: Hub, other: unknown): unknown {
  if (isNode(other)) {
    streamOn(hub, other as NodeStream)
    return undefined
  }
  if (isFastify(other)) {
    const reply = other as FastifyStream
    streamOn(hub, reply.raw, () => reply.hijack())
    return reply
  }
  return hub.connect((gone) => new WebOutlet(streamHeaders, gone)).response
}

function streamOn(hub: Hub, response: NodeStream, take: () => unknown = () => {}): void {
  // One that has gone meanwhile would tell nothing any more.
  if (response.destroyed) return
  hub.connect((gone) => {
    take()
    return new NodeOutlet(response, streamHeaders, gone)
  })
}

function refusal({ status, message }: Refusal, request: ServerRequest | undefined): ServerAnswer {
  return jsonAnswer(status, { error: message }, headersOf(status, request))
}

function headersOf(status: number, request: ServerRequest | undefined): Readonly<Record<string, string>> {
  if (status === 405) return { allow: 'GET, HEAD, POST' }
  if (status === 503) return { 'retry-after': '5' }
  // The rest of the body would be read on for as long as it comes. HTTP/2 has no such header.
  const { httpVersionMajor } = (request?.raw ?? {}) as { readonly httpVersionMajor?: unknown }
  return (status === 408 || status === 413) && httpVersionMajor === 1 ? { connection: 'close' } : {}
}
