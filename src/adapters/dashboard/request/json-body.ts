/** The body of a request as JSON, be it read by its server already, or to be read; never more than a little of it. */
import type { ServerRequest } from '../../../serving/request.ts'
import { Refusal } from './request-error.ts'

/** In bytes. */
const longest = 4096

/** What is used of an `IncomingMessage`. */
interface Incoming {
  readonly readableEnded: boolean
  on(event: string, listener: (given: never) => void): unknown
}

/** `signal` ends the reading of a body that does not come. */
export async function jsonOf(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
  const [type = ''] = (request.header('content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/json') throw new Refusal(415, 'only application/json')
  if (Number(request.header('content-length') ?? 0) > longest) throw tooLong()
  const raw = request.raw as { readonly body?: unknown }
  if (isIncoming(raw) && !raw.readableEnded) return parsed(await read(raw))
  const { body } = raw
  if (body instanceof ReadableStream) return parsed(await readWeb(body, signal))
  // A server, or middleware, that reads bodies has done so.
  return typeof body === 'string' || body instanceof Uint8Array ? parsed([body]) : body
}

function isIncoming(value: object): value is Incoming {
  return 'readableEnded' in value && 'on' in value && typeof value.on === 'function'
}

function read(incoming: Incoming): Promise<readonly Chunk[]> {
  return new Promise((resolve, reject) => {
    const chunks: Chunk[] = []
    let length = 0
    incoming.on('data', (chunk: Chunk) => {
      length += chunk.length
      if (length > longest) reject(tooLong())
      else chunks.push(chunk)
    })
    incoming.on('end', () => resolve(chunks))
    const gone = (): void => reject(new Refusal(400, 'the body broke off'))
    for (const event of ['aborted', 'error', 'close']) incoming.on(event, gone)
  })
}

async function readWeb(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<readonly Chunk[]> {
  const chunks: Chunk[] = []
  let length = 0
  const reader = body.getReader()
  const leave = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', leave)
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Refusal(400, 'the body broke off')
    })
    if (done) return chunks
    length += value.length
    if (length > longest) {
      leave()
      throw tooLong()
    }
    chunks.push(value)
  }
}

type Chunk = string | Uint8Array

function parsed(chunks: readonly Chunk[]): unknown {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const texts = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })))
    return JSON.parse(texts.join('') + decoder.decode())
  } catch {
    throw new Refusal(400, 'no JSON')
  }
}

function tooLong(): Refusal {
  return new Refusal(413, `${longest} bytes at most`)
}
