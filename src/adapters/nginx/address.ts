/**
 * The address of a server as Nginx takes it: `host`, `host:port`, `[v6]:port` or `unix:/path`.
 *
 * A target may come from a registry that others write to, and what Nginx reads ends at a `;`: so nothing gets into its
 * configuration but what has the form of an address.
 */
import { type Check, isRecord } from '../../core/options.ts'

const host = /^(?:[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/
const path = /^unix:\/[\w./-]+$/
const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const mostPort = 65_535

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

function isAddress(address: string): boolean {
  if (path.test(address)) return true
  const match = host.exec(address)
  if (match === null) return false
  const [, port] = match
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
