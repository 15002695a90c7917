/**
 * Members from the addresses of a name, such as a headless service or a name with several A and AAAA records.
 *
 * Each address is a member with the address as its identity, so the order of records does not matter. The list is queried
 * again when its TTL is over, and sooner when members fail.
 */
import { optional, resolveOptions } from '../../core/options.ts'
import { place } from '../../failover/sources/naming.ts'
import { polled } from '../../failover/sources/polled.ts'
import type { MemberSource } from '../../failover/sources/source.ts'
import { type AddressFamily, AddressLookup } from './address-lookup.ts'
import { DenialCount } from './denials.ts'
import { type DnsOptions, dnsChecks, familyCheck, nameOf, portCheck } from './options.ts'
import { resolverFor } from './resolver.ts'

/** The address and port of a member. */
export interface DnsTarget {
  /** The IP address. */
  readonly host: string
  readonly port: number
}

export interface DnsMembersOptions extends DnsOptions<DnsTarget> {
  /** The port of all members, 1 to 65535. */
  readonly port: number
  /** Which records to query: `4` for A, `6` for AAAA, or `'both'`. Default `'both'`. */
  readonly family?: AddressFamily
}

/**
 * The addresses of a name as members of a pool: targets `{ host, port }`, named `address:port`.
 *
 * ```ts
 * import { dnsMembers } from 'holdfast/dns'
 * import { failoverPool } from 'holdfast/failover'
 * const api = failoverPool(dnsMembers('api.internal', { port: 8080 }))
 * api.close()
 * ```
 *
 * @throws TypeError if the name or an option is invalid.
 */
export function dnsMembers(host: string, options: DnsMembersOptions): MemberSource<DnsTarget> {
  const name = nameOf('dnsMembers', 'host', host)
  const { port, family, servers, tries, resolver, confirmations, ...rules } = resolveOptions('dnsMembers', options, {
    port: portCheck,
    family: optional(familyCheck, 'both' as const),
    ...dnsChecks,
  })
  return {
    kind: 'dns',
    initial: rules.initial,
    watch(sink) {
      const source = resolverFor({ resolver, servers, tries, within: rules.timeout })
      const lookup = new AddressLookup(source.resolver, family)
      const denials = new DenialCount(confirmations)
      const ask = async () => {
        const { addresses, ttl, faults } = await lookup.resolve(name)
        return { members: addresses.map((host) => ({ target: { host, port }, name: place(host, port) })), ttl, faults }
      }
      return polled({
        ...rules,
        initial: [],
        kind: 'dns',
        ask({ signal }) {
          signal.addEventListener('abort', source.cancel, { once: true })
          return denials.confirm(ask)
        },
      }).watch(sink)
    },
  }
}
