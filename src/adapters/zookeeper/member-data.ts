/**
 * What stands in a node about a member: JSON of a record with a `target`, or the target itself as text.
 *
 * Only what a member can be told is taken from a record, so that others may write more into it.
 */
import { isRecord } from '../../core/options.ts'
import { named } from '../../failover/sources/naming.ts'

const settings = ['target', 'name', 'weight', 'zone', 'priority'] as const

/** A member out of a node's data. @throws TypeError, or SyntaxError, where there is none. */
export function memberIn(data: string): unknown {
  const text = data.trim()
  if (text === '') throw new TypeError('there is no data')
  if (!/^[{"]/.test(text)) return text
  const said: unknown = JSON.parse(text)
  if (!isRecord(said)) return said
  if (!Object.hasOwn(said, 'target')) throw new TypeError('the data has no target')
  return Object.fromEntries(settings.filter((key) => Object.hasOwn(said, key)).map((key) => [key, said[key]]))
}

/** The target in a node's data, so that it can be compared; undefined where there is none. */
export function targetOf(data: string): string | undefined {
  try {
    const member = memberIn(data)
    return JSON.stringify(isRecord(member) ? member['target'] : member)
  } catch {
    return undefined
  }
}

/** What a pool calls a member. @throws TypeError where it has no target. */
export function nameOf(given: unknown): string {
  const entry = named(given)
  if (isRecord(entry) && entry['name'] !== undefined) return String(entry['name'])
  const target = isRecord(entry) && Object.hasOwn(entry, 'target') ? entry['target'] : entry
  return String(target)
}

/** A name that a node may have: without what parts paths. */
export function nodeName(name: string): string {
  const safe = name.replaceAll(/[/%\0]/g, encodeURIComponent)
  return safe === '.' || safe === '..' ? safe.replaceAll('.', '%2E') : safe
}
