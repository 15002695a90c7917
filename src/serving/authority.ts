/**
 * The host a request was sent to, as its client names it: `:authority` over HTTP/2, else `host`, else that of its URL.
 *
 * It is what a client says. A browser says the truth; that is what checks against other sites rest on.
 */
import { isRecord } from '../core/options.ts'
import type { ServerRequest } from './request.ts'

/** A host with its port unless that is the scheme's own, in lower case. Undefined where there is none, or none that is one. */
export function authorityOf(request: ServerRequest, protocol = 'http:'): string | undefined {
  const { headers, url } = Object(request.raw) as { headers?: unknown; url?: unknown }
  // A `Headers` refuses the name; its request has a whole URL.
  const http2 = isRecord(headers) && typeof headers['get'] !== 'function' ? headers[':authority'] : undefined
  const named = typeof http2 === 'string' ? http2 : request.header('host')
  return named === undefined ? hostOf(url) : normal(named, protocol)
}

/** The host of a URL; undefined where it is none. */
export function hostOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined
}

/** A host as `authorityOf` gives it; undefined where it is none. */
export function normal(host: string, protocol = 'http:'): string | undefined {
  return /^[^\s/\\?#@]+$/.test(host) ? hostOf(`${protocol}//${host}`) : undefined
}
