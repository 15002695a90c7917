/**
 * Members from an HTTP endpoint that returns them as JSON: a registry, a control plane, a file behind a web server.
 *
 * The answer is an array, or an object with `members` and optionally `ttl` in ms; each member is a target or a record with a
 * `target`. HTTP caching applies: `ETag` is sent back, and 304 confirms the list. How long the list is valid is `ttl`, else
 * `Cache-Control: max-age` minus the `Age`. A body is read up to a limit, so an endless one costs no memory.
 */
import { functionOf, integer, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import { type PolledOptions, type PollOptions, pollChecks, polled } from '../../failover/sources/polled.ts'
import type { MemberSource } from '../../failover/sources/source.ts'
import { jsonOf } from './body.ts'

type Fetch = (url: string | URL, init: { headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>

export interface HttpMembersOptions<Target = string> extends PollOptions<Target> {
  /** Sent with each request. Default: only `accept`, and `if-none-match` after an answer with an `ETag`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
  /** Reads the members out of the body. Default: the body itself, or its `members`. */
  readonly read?: (body: unknown) => readonly unknown[] | PromiseLike<readonly unknown[]>
  /** A body with more bytes is a failure; an integer >= 1. Default 1 MiB. */
  readonly maxBytes?: number
}

/** The last successful answer. */
interface KnownMembers {
  readonly members: readonly unknown[]
  readonly etag: string | undefined
  /** The `ttl` in its body. */
  readonly ttl: number | undefined
}

const headersCheck = (value: unknown, fail: (expected: string) => never): Readonly<Record<string, string>> => {
  if (value === undefined) return {}
  const fine = isRecord(value) && Object.values(value).every((each) => typeof each === 'string')
  return fine ? ({ ...value } as Record<string, string>) : fail('a record of strings')
}

/**
 * Polls an HTTP endpoint for the members of a pool.
 *
 * ```ts
 * import { failoverPool } from 'holdfast/failover'
 * import { httpMembers } from 'holdfast/http'
 * const api = failoverPool(httpMembers('http://localhost:8500/members', { every: '10s' }))
 * api.close()
 * ```
 *
 * @throws TypeError if the URL or an option is invalid.
 */
export function httpMembers<Target = string>(
  url: string | URL,
  options?: HttpMembersOptions<Target>,
): MemberSource<Target> {
  const {
    headers,
    read,
    maxBytes,
    fetch: given,
    ...rules
  } = resolveOptions('httpMembers', options, {
    headers: headersCheck,
    fetch: optional(functionOf<Fetch>(), undefined),
    read: optional(functionOf<(body: unknown) => unknown>(), membersIn),
    maxBytes: optional(integer(1), 1_048_576 as number),
    ...pollChecks,
  })
  const address = parsed(url)
  return {
    kind: 'http',
    initial: rules.initial,
    watch(sink) {
      let known: KnownMembers | undefined
      const ask = async ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
        const match = known?.etag === undefined ? {} : { 'if-none-match': known.etag }
        const response = await (given ?? fetch)(address.href, {
          headers: { accept: 'application/json', ...headers, ...match },
          signal,
        })
        if (response.status === 304 && known !== undefined) {
          return { members: known.members, ttl: known.ttl ?? freshFor(response) }
        }
        if (!response.ok) {
          // An unread body would hold its connection.
          await response.body?.cancel()
          throw new Error(`httpMembers: ${address.origin}${address.pathname} answered ${response.status}`)
        }
        const body = await jsonOf(response, maxBytes)
        const members = await read(body)
        if (!Array.isArray(members)) throw new TypeError(`httpMembers: read must return an array, got ${show(members)}`)
        const ttl = isRecord(body) && typeof body['ttl'] === 'number' ? body['ttl'] : undefined
        known = { members, etag: response.headers.get('etag') ?? undefined, ttl }
        return { members, ttl: ttl ?? freshFor(response) }
      }
      return polled({ ...rules, initial: [], ask: ask as PolledOptions<unknown>['ask'], kind: 'http' }).watch(sink)
    },
  }
}

function parsed(given: string | URL): URL {
  try {
    const url = new URL(given)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {
    // Refused below, like other schemes: `localhost:8500` is a URL of the scheme `localhost`.
  }
  throw new TypeError(`httpMembers: url must be an http or https URL, got ${show(given)}`)
}

function membersIn(body: unknown): unknown {
  const members: unknown = isRecord(body) ? body['members'] : body
  if (!Array.isArray(members))
    throw new TypeError(`httpMembers: the body has no array of members, got ${show(members)}`)
  return members
}

/** How long an answer is fresh by its headers, in ms. Undefined without `max-age`. */
function freshFor({ headers }: Response): number | undefined {
  const seconds = /(?:^|[,\s])max-age="?(\d+)/i.exec(headers.get('cache-control') ?? '')?.[1]
  if (seconds === undefined) return undefined
  const age = Number(/^\d+/.exec(headers.get('age') ?? '')?.[0] ?? 0)
  return Math.max(0, Number(seconds) - age) * 1000
}
