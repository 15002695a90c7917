/**
 * The address of a server in Nginx's syntax: `host`, `host:port`, `[v6]:port` or `unix:/path`.
 *
 * A target may come from a registry that others write to, and a `;` would end the directive, so only text in the form of an
 * address gets into the configuration.
 */
import { isIP, isIPv6 } from 'node:net'
import { type Check, isRecord } from '../../core/options.ts'

const host = /^([A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_.])?|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?$/
const path = /^unix:\/[\w./-]+$/
const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const mostPort = 65_535
/** The longest socket path, in bytes: with a longer one Nginx refuses its configuration. */
const longestPath = 107

/** Accepts an address, a URL, of which host and port count, or a record with `host` and optionally `port`. */
export const addressCheck: Check<string> = (value, fail) => {
  const address = addressIn(value)
  return address !== undefined && isAddress(address) ? address : fail('host:port, a URL, or unix:/path')
}

function addressIn(target: unknown): string | undefined {
  if (target instanceof URL) return ofUrl(target)
  if (typeof target === 'string') return target.includes('://') ? ofText(target) : target
  return isRecord(target) && typeof target['host'] === 'string' ? ofRecord(target['host'], target['port']) : undefined
}

/** Whether the host is a name, which Nginx resolves when it reads its configuration. For addresses from `addressCheck`. */
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
