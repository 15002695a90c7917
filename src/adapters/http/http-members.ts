/**
 * Members from an HTTP endpoint that gives them as JSON: a registry, a control plane, a file behind a web server.
 *
 * The answer is an array, or an object with `members` and perhaps `ttl` in ms; each member is a target or a record with a
 * `target`. An answer may be cached: `ETag` is sent back, and 304 says that the list holds; `Cache-Control: max-age` says
 * for how long, where the body does not.
 */
import { functionOf, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import { type PolledOptions, type PollOptions, pollChecks, polled } from '../../failover/membership/polled.ts'
import type { MemberSource } from '../../failover/membership/source.ts'

type Fetch = (url: string | URL, init: { headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>

export interface HttpMembersOptions<Target = string> extends PollOptions<Target> {
  /** Sent with each question. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
  /** Reads the members out of the body. Default: the body itself, or its `members`. */
  readonly read?: (body: unknown) => readonly unknown[]
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
 * @throws TypeError where the URL or an option is wrong.
 */
export function httpMembers<Target = string>(
  url: string | URL,
  options?: HttpMembersOptions<Target>,
): MemberSource<Target> {
  const {
    headers,
    read,
    fetch: given,
    ...rules
  } = resolveOptions('httpMembers', options, {
    headers: headersCheck,
    fetch: optional(functionOf<Fetch>(), undefined),
    read: optional(functionOf<(body: unknown) => readonly unknown[]>(), membersIn),
    ...pollChecks,
  })
  const address = parsed(url)
  return {
    kind: 'http',
    initial: rules.initial,
    watch(sink) {
      let etag: string | undefined
      let last: readonly unknown[] | undefined
      const ask = async ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
        const known = etag === undefined || last === undefined ? {} : { 'if-none-match': etag }
        const response = await (given ?? fetch)(address, {
          headers: { accept: 'application/json', ...headers, ...known },
          signal,
        })
        if (response.status === 304 && last !== undefined) return { members: last, ttl: maxAge(response) }
        if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`)
        const body: unknown = await response.json()
        const members = read(body)
        etag = response.headers.get('etag') ?? undefined
        last = members
        const ttl = isRecord(body) && typeof body['ttl'] === 'number' ? body['ttl'] : maxAge(response)
        return { members, ttl }
      }
      return polled({ ...rules, initial: [], ask: ask as PolledOptions<unknown>['ask'], kind: 'http' }).watch(sink)
    },
  }
}

function parsed(url: string | URL): string {
  try {
    return new URL(url).href
  } catch {
    throw new TypeError(`httpMembers: url must be a URL, got ${show(url)}`)
  }
}

function membersIn(body: unknown): readonly unknown[] {
  const members: unknown = isRecord(body) ? body['members'] : body
  if (!Array.isArray(members)) throw new TypeError('httpMembers: the body has no array of members')
  return members
}

function maxAge(response: Response): number | undefined {
  const seconds = /(?:^|,)\s*max-age=(\d+)/i.exec(response.headers.get('cache-control') ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
