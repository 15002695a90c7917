/**
 * The resolver: Node's, or one from the user.
 *
 * Node's resolver queries the servers itself, without the hosts file and the system's cache, so TTLs are exact. Its timeout
 * doubles with each round over the servers. The first timeout is chosen so that all rounds end within the timeout of a query,
 * and the error is the resolver's own.
 */
import { Resolver } from 'node:dns/promises'
import type { Fail } from '../../core/options.ts'

/** An address and its TTL in seconds. */
export interface AddressRecord {
  readonly address: string
  readonly ttl: number
}

/** An SRV record. */
export interface ServiceRecord {
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** The required methods of a resolver. The `Resolver` of `node:dns/promises` is one. */
export interface DnsResolver {
  resolve4(host: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>
  resolve6(host: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>
  resolveSrv(service: string): Promise<readonly ServiceRecord[]>
}

export interface ResolverOptions {
  /** IP addresses of the servers to query, with `:port` if it is not 53. Default: the system's. */
  readonly servers?: readonly string[]
  /** How often each server is tried in one query, an integer >= 1. Default 2. */
  readonly tries?: number
  /** Replaces Node's resolver, with its own timeouts; it is not cancelled. Default: none. */
  readonly resolver?: DnsResolver
}

export const serversCheck = (value: unknown, fail: Fail): readonly string[] | undefined => {
  if (value === undefined) return undefined
  try {
    const servers = [...(value as readonly string[])]
    new Resolver().setServers(servers)
    if (servers.length > 0) return servers
  } catch {
    // Refused below.
  }
  return fail('a non-empty array of IP addresses, with ports or without')
}

export const resolverCheck = (value: unknown, fail: Fail): DnsResolver | undefined => {
  if (value === undefined) return undefined
  const given = value as Partial<DnsResolver> | null
  const fine = [given?.resolve4, given?.resolve6, given?.resolveSrv].every((each) => typeof each === 'function')
  return fine ? (value as DnsResolver) : fail('a resolver')
}

/** A resolver for one watch, and a function that cancels its queries. */
export interface CancellableResolver {
  readonly resolver: DnsResolver
  cancel(): void
}

/** Makes the resolver; a query takes at most `within` ms. */
export function resolverFor(options: {
  readonly resolver: DnsResolver | undefined
  readonly servers: readonly string[] | undefined
  readonly tries: number
  readonly within: number
}): CancellableResolver {
  const { resolver: given, servers, tries, within } = options
  if (given !== undefined) return { resolver: given, cancel() {} }
  const count = servers?.length ?? Math.max(1, new Resolver().getServers().length)
  const timeout = Math.ceil(within / (2 ** tries * count + 1))
  const resolver = new Resolver({ timeout, tries })
  if (servers !== undefined) resolver.setServers(servers)
  return { resolver, cancel: () => resolver.cancel() }
}
