/** The options that both kinds of DNS sources share. */
import { type Check, type Fail, integer, optional, show, text } from '../../core/options.ts'
import { type PollOptions, pollChecks } from '../../failover/sources/polled.ts'
import type { AddressFamily } from './address-lookup.ts'
import { type ResolverOptions, resolverCheck, serversCheck } from './resolver.ts'

export interface DnsOptions<Target> extends PollOptions<Target>, ResolverOptions {
  /** How many denials (ENOTFOUND, ENODATA) in a row confirm that a name does not exist, an integer >= 1. Default 3. */
  readonly confirmations?: number
}

export const dnsChecks = {
  servers: serversCheck,
  tries: optional(integer(1), 2 as number),
  resolver: resolverCheck,
  confirmations: optional(integer(1), 3 as number),
  ...pollChecks,
}

export const familyCheck: Check<AddressFamily> = (value, fail) =>
  value === 4 || value === 6 || value === 'both' ? value : fail("4, 6 or 'both'")

export const portCheck: Check<number> = (value, fail) =>
  integer(1)(value, () => fail('an integer from 1 to 65535')) <= 65_535
    ? (value as number)
    : fail('an integer from 1 to 65535')

/** Validates a name to resolve. An IP address is not one. */
export function nameOf(kind: string, option: string, value: unknown): string {
  const fail: Fail = () => {
    throw new TypeError(`${kind}: ${option} must be a name, got ${show(value)}`)
  }
  const name = text(value, fail)
  return /^[\d.]+$|:|\s/.test(name) ? fail('a name') : name
}
