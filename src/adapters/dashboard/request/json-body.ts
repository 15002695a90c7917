/** Reads the body of a request as JSON, also if its server has read it already. Never reads more than 4 kB. */
import type { ServerRequest } from '../../../serving/request.ts'
import { RequestError } from './request-error.ts'

const maxBytes = 4096

/** The part of `IncomingMessage` that reading needs. */
interface IncomingBody {
  readonly readableEnded: boolean
  on(event: string, listener: (given: never) => void): unknown
}

/** `signal` stops the reading of a body that does not arrive. */
export async function readJson(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
  const [type = ''] = (request.header('content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/json') throw new RequestError(415, 'the body must be application/json')
  if (Number(request.header('content-length') ?? 0) > maxBytes) throw bodyTooLong()
  const raw = request.raw as { readonly body?: unknown }
  if (isIncoming(raw) && !raw.readableEnded) return parsed(await read(raw))
  const { body } = raw
  if (body instanceof ReadableStream) return parsed(await readWeb(body, signal))
  // The server or its middleware has read the body.
  return typeof body === 'string' || body instanceof Uint8Array ? parsed([body]) : body
}

function isIncoming(value: object): value is IncomingBody {
  return 'readableEnded' in value && 'on' in value && typeof value.on === 'function'
}

function read(incoming: IncomingBody): Promise<readonly BodyChunk[]> {
  return new Promise((resolve, reject) => {
    const chunks: BodyChunk[] = []
    let length = 0
    incoming.on('data', (chunk: BodyChunk) => {
      length += chunk.length
      if (length > maxBytes) reject(bodyTooLong())
      else chunks.push(chunk)
    })
    incoming.on('end', () => resolve(chunks))
    const fail = (): void => reject(incomplete())
    for (const event of ['aborted', 'error', 'close']) incoming.on(event, fail)
  })
}

async function readWeb(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<readonly BodyChunk[]> {
  const chunks: BodyChunk[] = []
  let length = 0
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel)
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw incomplete()
    })
    if (done) return chunks
    length += value.length
    if (length > maxBytes) {
      cancel()
      throw bodyTooLong()
    }
    chunks.push(value)
  }
}

type BodyChunk = string | Uint8Array

function parsed(chunks: readonly BodyChunk[]): unknown {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const texts = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })))
    return JSON.parse(texts.join('') + decoder.decode())
  } catch {
    throw new RequestError(400, 'the body is not valid JSON')
  }
}

function bodyTooLong(): RequestError {
  return new RequestError(413, `the body must have at most ${maxBytes} bytes`)
}

function incomplete(): RequestError {
  return new RequestError(400, 'the body is incomplete')
}
