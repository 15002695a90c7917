/**
 * The address of a server as Nginx takes it: `host`, `host:port`, `[v6]:port` or `unix:/path`.
 *
 * A target may come from a registry that others write to, and what Nginx reads ends at a `;`: so nothing gets into its
 * configuration but what has the form of an address.
 */
import { isIP, isIPv6 } from 'node:net'
import { type Check, isRecord } from '../../core/options.ts'

const host = /^([A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_.])?|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?$/
const path = /^unix:\/[\w./-]+$/
const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const mostPort = 65_535
/** Of the path of a socket, in bytes: a longer one makes Nginx refuse its configuration. */
const longestPath = 107

/** Of a target: an address, a URL, whose host and port count, or a record with `host` and perhaps `port`. */
export const addressCheck: Check<string> = (value, fail) => {
  const address = addressIn(value)
  return address !== undefined && isAddress(address) ? address : fail('host:port, a URL, or unix:/path')
}

function addressIn(target: unknown): string | undefined {
  if (target instanceof URL) return ofUrl(target)
  if (typeof target === 'string') return target.includes('://') ? ofText(target) : target
  return isRecord(target) && typeof target['host'] === 'string' ? ofRecord(target['host'], target['port']) : undefined
}

/** Whether it has a name that Nginx looks up when it reads its configuration. Only for what `addressCheck` has passed. */
export function hasName(address: string): boolean {
  const [, name = '', v6] = host.exec(address) ?? []
  return name !== '' && v6 === undefined && isIP(name) === 0
}

function isAddress(address: string): boolean {
  if (path.test(address)) return address.length - 'unix:'.length <= longestPath
  const match = host.exec(address)
  if (match === null) return false
  const [, , v6, port] = match
  if (v6 !== undefined && !isIPv6(v6)) return false
  return port === undefined || (Number(port) > 0 && Number(port) <= mostPort)
}

function ofText(url: string): string | undefined {
  try {
    return ofUrl(new URL(url))
  } catch {
    return undefined
  }
}

function ofUrl({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port === '' ? ports[protocol] : port}`
}

function ofRecord(name: string, port: unknown): string {
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === undefined ? bracketed : `${bracketed}:${port}`
}
