/**
 * The names of members that a source lists without a name.
 *
 * Members of a source are known by name from list to list, so a name must follow from the entry alone: a running number could
 * be another one in the next list, and the member would lose its statistics. Strings and URLs are their own names, a target
 * with host and port is named `host:port`, and other targets are named by their JSON.
 */
import { isRecord, show } from '../../core/options.ts'

/** The entry, with a name. @throws TypeError where it has no target, or one that gives no name. */
export function named(given: unknown): unknown {
  const record = isRecord(given) && Object.hasOwn(given, 'target') ? given : { target: given }
  const { target, name } = record
  if (target === undefined || target === null || target === '') {
    throw new TypeError(`a member must have a target, got ${show(target)}`)
  }
  if (name !== undefined || typeof target === 'string' || target instanceof URL) return given
  return { ...record, name: nameOf(target) }
}

function nameOf(target: NonNullable<unknown>): string {
  const { host, port } = target as { readonly host?: unknown; readonly port?: unknown }
  if (typeof host === 'string' && Number.isInteger(port)) return place(host, port as number)
  const name: string | undefined = JSON.stringify(target)
  if (name === undefined) throw new TypeError(`a member of a source must have a name, got ${show(target)}`)
  return name
}

/** `host:port`, with an IPv6 address in brackets. */
export function place(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
