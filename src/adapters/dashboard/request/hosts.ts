/**
 * The hosts a dashboard answers to.
 *
 * By DNS rebinding a page of another site makes its own name point to this server, and is of the same origin then. It cannot
 * make the browser say another `host` than that name: so who knows their names refuses all others.
 */
import type { Check } from '../../../core/options.ts'
import { authorityOf, normal } from '../../../serving/authority.ts'
import type { ServerRequest } from '../../../serving/request.ts'

/** Without a port it stands for all of its ports. */
export type Hosts = ReadonlySet<string>

const expected = 'a non-empty array of hosts, each a name or an address, perhaps with a port'
const withPort = /:\d+$/

export const hostsCheck: Check<Hosts> = (value, fail) => {
  if (!Array.isArray(value) || value.length === 0) return fail(expected)
  const hosts = value.map((host) => {
    const known = typeof host === 'string' ? normal(host) : undefined
    // Port 80 is the scheme's own, and would be lost.
    return known === undefined ? fail(expected) : withPort.test(host) && !withPort.test(known) ? `${known}:80` : known
  })
  return new Set(hosts)
}

export function isFor(hosts: Hosts, request: ServerRequest): boolean {
  const host = authorityOf(request)
  if (host === undefined) return false
  return hosts.has(host) || hosts.has(host.replace(withPort, '')) || (!withPort.test(host) && hosts.has(`${host}:80`))
}
