/**
 * What a request asks for, by its method and the query of its URL; the path is whatever the dashboard is mounted at.
 *
 * Invariant: whatever comes, it is a question or a `Refusal`.
 */
import { isRecord } from '../../../core/options.ts'
import type { ServerRequest } from '../../../serving/request.ts'
import { Refusal } from './request-error.ts'

export type Question =
  | { readonly of: 'page' | 'events' | 'control' }
  | { readonly of: 'bars'; readonly names: readonly string[] }
  | { readonly of: 'component' | 'objective' | 'seen'; readonly name: string }

export const mostNames = 50
const longestQuery = 16_384
const topics = ['events', 'bars', 'component', 'objective', 'seen', 'control'] as const

export function questionOf({ method, raw }: ServerRequest): Question {
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') throw new Refusal(405, 'only GET, HEAD and POST')
  const query = new URLSearchParams(queryOf(raw))
  const asked = topics.filter((topic) => query.has(topic))
  const [of = query.size === 0 ? 'page' : undefined] = asked
  if (of === undefined || asked.length > 1) throw new Refusal(400, 'no such question')
  if ((of === 'control') !== (method === 'POST')) throw new Refusal(405, 'not by this method')
  if (of === 'bars') return { of, names: namesOf(query) }
  return of === 'component' || of === 'objective' || of === 'seen' ? { of, name: query.get(of) as string } : { of }
}

function namesOf(query: URLSearchParams): readonly string[] {
  const names = [...new Set(query.getAll('name'))]
  if (names.length > mostNames) throw new Refusal(400, `${mostNames} names at most`)
  return names
}

function queryOf(raw: unknown): string {
  const { url } = (isRecord(raw) ? raw : {}) as { url?: unknown }
  if (typeof url !== 'string') throw new Refusal(400, 'no URL')
  const [path = ''] = url.split('#', 1)
  const start = path.indexOf('?')
  const query = start < 0 ? '' : path.slice(start + 1)
  if (query.length > longestQuery) throw new Refusal(414, 'too long')
  try {
    decodeURIComponent(query)
  } catch {
    throw new Refusal(400, 'badly encoded')
  }
  return query
}
