/**
 * The hosts that a dashboard answers.
 *
 * With DNS rebinding a page of another site points its own name to this server, and then has the same origin. It cannot make
 * the browser send another `host` than that name, so a list of allowed hosts keeps it out.
 */
import type { Check } from '../../../core/options.ts'
import { authorityOf, normal } from '../../../serving/authority.ts'
import type { ServerRequest } from '../../../serving/request.ts'

/** A host without a port means all of its ports. */
export type AllowedHosts = ReadonlySet<string>

const expected = 'a non-empty array of hosts, each a name or an address with an optional port'
const withPort = /:\d+$/

export const hostsCheck: Check<AllowedHosts> = (value, fail) => {
  if (!Array.isArray(value) || value.length === 0) return fail(expected)
  const hosts = value.map((host) => {
    const known = typeof host === 'string' ? normal(host) : undefined
    // Parsing drops port 80, the default of the scheme; here it makes a difference.
    return known === undefined ? fail(expected) : withPort.test(host) && !withPort.test(known) ? `${known}:80` : known
  })
  return new Set(hosts)
}

export function isAllowed(hosts: AllowedHosts, request: ServerRequest): boolean {
  const host = authorityOf(request)
  if (host === undefined) return false
  return hosts.has(host) || hosts.has(host.replace(withPort, '')) || (!withPort.test(host) && hosts.has(`${host}:80`))
}
