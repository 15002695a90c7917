import type { AddressFamily } from './address-lookup.ts'

export type { AddressFamily }
/** @deprecated Use AddressFamily. */
export type Family = AddressFamily

export { type DnsMembersOptions, type DnsTarget, dnsMembers } from './dns-members.ts'
export type { AddressRecord, DnsResolver, ServiceRecord } from './resolver.ts'
export { type SrvMembersOptions, type SrvTarget, srvMembers } from './srv-members.ts'
