/**
 * What a request wants, from its method and the query of its URL. The path does not matter: the dashboard may be mounted at
 * any.
 *
 * Invariant: every request gives a `DashboardQuery` or a `RequestError`.
 */
import { isRecord } from '../../../core/options.ts'
import type { ServerRequest } from '../../../serving/request.ts'
import { RequestError } from './request-error.ts'

export type DashboardQuery =
  | { readonly topic: 'page' }
  | { readonly topic: 'events' }
  | { readonly topic: 'bars'; readonly names: readonly string[] }
  | { readonly topic: 'component' | 'objective'; readonly name: string }
  | { readonly topic: 'heartbeat'; readonly name: string }
  | { readonly topic: 'control' }

const maxNames = 50
const maxLength = 16_384
const topics = ['events', 'bars', 'component', 'objective', 'heartbeat', 'control'] as const

export function parseQuery({ method, raw }: ServerRequest): DashboardQuery {
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    throw new RequestError(405, 'only GET, HEAD and POST are allowed')
  }
  const query = new URLSearchParams(queryOf(raw))
  const found = topics.filter((each) => query.has(each))
  const [topic = query.size === 0 ? 'page' : undefined] = found
  if (topic === undefined || found.length > 1) throw new RequestError(400, 'unknown request')
  if ((topic === 'control') !== (method === 'POST')) throw new RequestError(405, 'wrong method for this request')
  if (topic === 'bars') return { topic, names: namesOf(query) }
  return topic === 'component' || topic === 'objective' || topic === 'heartbeat'
    ? { topic, name: query.get(topic) as string }
    : { topic }
}

function namesOf(query: URLSearchParams): readonly string[] {
  const names = [...new Set(query.getAll('name'))]
  if (names.length > maxNames) throw new RequestError(400, `at most ${maxNames} names are allowed`)
  return names
}

function queryOf(raw: unknown): string {
  const { url } = (isRecord(raw) ? raw : {}) as { url?: unknown }
  if (typeof url !== 'string') throw new RequestError(400, 'the request has no URL')
  const [path = ''] = url.split('#', 1)
  const start = path.indexOf('?')
  const query = start < 0 ? '' : path.slice(start + 1)
  if (query.length > maxLength) throw new RequestError(414, 'the query is too long')
  try {
    decodeURIComponent(query)
  } catch {
    throw new RequestError(400, 'the query is not encoded correctly')
  }
  return query
}
