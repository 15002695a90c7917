/**
 * The host that a request names: `:authority` over HTTP/2, else `host`, else the host of its URL.
 *
 * The client chooses it. A browser sends the real one, which is enough for checks of cross-site requests.
 */
import { isRecord } from '../core/options.ts'
import type { ServerRequest } from './request.ts'

/** The host in lower case, with its port unless that is the default. Undefined if there is none or it is invalid. */
export function authorityOf(request: ServerRequest, protocol = 'http:'): string | undefined {
  const { headers, url } = Object(request.raw) as { headers?: unknown; url?: unknown }
  // `Headers` rejects this name; a request with `Headers` has a complete URL.
  const http2 = isRecord(headers) && typeof headers['get'] !== 'function' ? headers[':authority'] : undefined
  const named = typeof http2 === 'string' ? http2 : request.header('host')
  return named === undefined ? hostOf(url) : normal(named, protocol)
}

/** The host of a URL. Undefined if it is not a URL. */
export function hostOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined
}

/** Normalises a host to the form of `authorityOf`. Undefined if it is not a host. */
export function normal(host: string, protocol = 'http:'): string | undefined {
  return /^[^\s/\\?#@]+$/.test(host) ? hostOf(`${protocol}//${host}`) : undefined
}
