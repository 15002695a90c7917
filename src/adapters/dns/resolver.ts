/**
 * Who is asked: Node's resolver, or one of the user's.
 *
 * Node's asks the servers itself, so neither the hosts file nor the system's cache stands between, and a list is as old as
 * its TTL says. Its waits double with each round over the servers; the first is made so short that all rounds end within
 * the time of one question, and the error that comes is the resolver's own.
 */
import { Resolver } from 'node:dns/promises'
import type { Fail } from '../../core/options.ts'

/** An address, and for how many seconds it holds. */
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

/** What is asked of a resolver. The `Resolver` of `node:dns/promises` is one. */
export interface DnsResolver {
  resolve4(host: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>
  resolve6(host: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>
  resolveSrv(service: string): Promise<readonly ServiceRecord[]>
}

export interface ResolverOptions {
  /** Addresses of the servers to ask, each with `:port` where it is not 53. Default: the system's. */
  readonly servers?: readonly string[]
  /** How often each server is asked in one question, an integer >= 1. Default 2. */
  readonly tries?: number
  /** Asks in place of Node's, with times of its own; it is not cancelled. Default: none. */
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

/** A resolver for one watch, and what ends its questions. */
export interface CancellableResolver {
  readonly resolver: DnsResolver
  cancel(): void
}

/** Makes the resolver; a question to it takes at most `within` ms. */
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
