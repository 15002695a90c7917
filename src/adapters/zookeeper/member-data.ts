/**
 * The data of a member's node: JSON of a record with a `target`, or the target itself as text.
 *
 * Only the settings of a member are read from a record, so other programs may add fields.
 */
import { isRecord } from '../../core/options.ts'
import { named } from '../../failover/sources/naming.ts'

const settings = ['target', 'name', 'weight', 'zone', 'priority'] as const

/** Parses a member from a node's data. @throws TypeError or SyntaxError if there is none. */
export function memberIn(data: string): unknown {
  const text = data.trim()
  if (text === '') throw new TypeError('the node has no data')
  if (!/^[{"]/.test(text)) return text
  const value: unknown = JSON.parse(text)
  if (!isRecord(value)) return value
  if (!Object.hasOwn(value, 'target')) throw new TypeError('the data has no target')
  return Object.fromEntries(settings.filter((key) => Object.hasOwn(value, key)).map((key) => [key, value[key]]))
}

/** The target in a node's data, as text to compare. Undefined if there is none. */
export function targetOf(data: string): string | undefined {
  try {
    const member = memberIn(data)
    return JSON.stringify(isRecord(member) ? member['target'] : member)
  } catch {
    return undefined
  }
}

/** The name that a pool gives a member. @throws TypeError if it has no target. */
export function nameOf(given: unknown): string {
  const entry = named(given)
  if (isRecord(entry) && entry['name'] !== undefined) return String(entry['name'])
  const target = isRecord(entry) && Object.hasOwn(entry, 'target') ? entry['target'] : entry
  return String(target)
}

/** Escapes a name for a node: the characters that separate paths. */
export function nodeName(name: string): string {
  const safe = name.replaceAll(/[/%\0]/g, encodeURIComponent)
  return safe === '.' || safe === '..' ? safe.replaceAll('.', '%2E') : safe
}
