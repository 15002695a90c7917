/**
 * Members from the SRV records of a service, with their priorities and weights.
 *
 * By default targets stay names, which the connection resolves and certificates are checked against. With `resolve` each
 * address of a name is a member, so the pool judges addresses separately. Addresses share the weight of their record, so a
 * name with many addresses gets no more than its share.
 */
import { type Check, optional, resolveOptions } from '../../core/options.ts'
import type { MemberOptions } from '../../failover/options.ts'
import { place } from '../../failover/sources/naming.ts'
import { type Polled, polled } from '../../failover/sources/polled.ts'
import type { MemberSource } from '../../failover/sources/source.ts'
import { type AddressFamily, AddressLookup } from './address-lookup.ts'
import { DenialCount } from './denials.ts'
import type { DnsTarget } from './dns-members.ts'
import { type DnsOptions, dnsChecks, familyCheck, nameOf } from './options.ts'
import { resolverFor } from './resolver.ts'
import { endpointsOf, isRefusal, type SrvEndpoint } from './srv-records.ts'

export interface SrvTarget extends DnsTarget {
  /** The name in the record, for certificates and `Host` headers. Without `resolve` it is the same as `host`. */
  readonly hostname: string
}

export interface SrvMembersOptions extends DnsOptions<SrvTarget> {
  /** Which addresses of a target's name become members: `4`, `6` or `'both'`. Default `false`: the name is the member. */
  readonly resolve?: AddressFamily | false
}

type SrvMemberList = Polled<SrvTarget> & { readonly members: readonly MemberOptions<SrvTarget>[] }

const resolveCheck: Check<AddressFamily | false> = (value, fail) =>
  value === false ? false : familyCheck(value, () => fail("4, 6, 'both' or false"))

/**
 * The SRV records of a service as members of a pool: targets `{ host, port, hostname }`, named `host:port`.
 *
 * ```ts
 * import { srvMembers } from 'holdfast/dns'
 * import { failoverPool, random, tiers } from 'holdfast/failover'
 * const api = failoverPool(srvMembers('_api._tcp.example.com'), { selection: tiers(random()) })
 * api.close()
 * ```
 *
 * @throws TypeError if the name or an option is invalid.
 */
export function srvMembers(service: string, options?: SrvMembersOptions): MemberSource<SrvTarget> {
  const name = nameOf('srvMembers', 'service', service)
  const { resolve, servers, tries, resolver, confirmations, ...rules } = resolveOptions('srvMembers', options, {
    resolve: optional(resolveCheck, false as const),
    ...dnsChecks,
  })
  return {
    kind: 'srv',
    initial: rules.initial,
    watch(sink) {
      const source = resolverFor({ resolver, servers, tries, within: rules.timeout / (resolve === false ? 1 : 2) })
      const lookup = resolve === false ? undefined : new AddressLookup(source.resolver, resolve)
      const denials = new DenialCount(confirmations)
      const ask = async (): Promise<Polled<SrvTarget>> => {
        const records = await source.resolver.resolveSrv(name)
        if (isRefusal(records))
          return { members: [], faults: [new Error(`${name} is explicitly not available at this domain`)] }
        const endpoints = endpointsOf(records)
        if (endpoints.length === 0) throw Object.assign(new Error(`${name} has no records`), { code: 'ENODATA' })
        return lookup === undefined ? { members: endpoints.map(kept) } : resolved(endpoints, lookup, rules.every)
      }
      return polled({
        ...rules,
        initial: [],
        kind: 'srv',
        ask({ signal }) {
          signal.addEventListener('abort', source.cancel, { once: true })
          return denials.confirm(ask)
        },
      }).watch(sink)
    },
  }
}

function kept({ host, port, priority, weight }: SrvEndpoint): MemberOptions<SrvTarget> {
  return { target: { host, port, hostname: host }, name: place(host, port), priority, weight }
}

/** The members by address. A name that cannot be resolved keeps its last known addresses. */
async function resolved(
  endpoints: readonly SrvEndpoint[],
  lookup: AddressLookup,
  every: number,
): Promise<SrvMemberList> {
  const hosts = [...new Set(endpoints.map(({ host }) => host))]
  lookup.forgetOthers(hosts)
  const faults: unknown[] = []
  const known = new Map<string, readonly string[]>()
  let holds = every
  await Promise.all(
    hosts.map(async (host) => {
      try {
        const { addresses, ttl, faults: beside } = await lookup.resolve(host)
        known.set(host, addresses)
        holds = Math.min(holds, ttl)
        faults.push(...beside)
      } catch (error) {
        known.set(host, lookup.lastKnown(host))
        faults.push(error)
      }
    }),
  )
  const members = endpoints.flatMap(({ host: hostname, port, priority, weight }) => {
    const addresses = known.get(hostname) as readonly string[]
    return addresses.map((host) => ({
      target: { host, port, hostname },
      name: place(host, port),
      priority,
      weight: weight / addresses.length,
    }))
  })
  // Without any address this is a failure, not an empty answer.
  if (members.length === 0) throw faults[0]
  return { members, ttl: holds, faults }
}
