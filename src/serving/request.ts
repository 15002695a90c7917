/** Normalises requests of `node:http`, Express, Fastify, `fetch` servers and Hono. */
import { isRecord } from '../core/options.ts'

export interface ServerRequest {
  readonly method: string
  /** A header by its name, in any case. */
  header(name: string): string | undefined
  /** The original request: `IncomingMessage`, Express's, Fastify's, or a `Request`. */
  readonly raw: unknown
}

/** Reads only the method of a request, and its headers on demand. */
export function requestOf(given: unknown): ServerRequest {
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
