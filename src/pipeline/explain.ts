/** What a pipeline does, in order: as data and as text. */
import { isBackoff } from '../core/backoff.ts'
import { isRecord, show } from '../core/options.ts'
import type { Description } from '../core/policy.ts'

/** One policy of a pipeline. */
export interface ExplainedPolicy {
  readonly name: string
  readonly kind: string
  /** The options as they hold, defaults filled in, durations in ms. */
  readonly options: Readonly<Record<string, unknown>>
  /** The members of a pool, by name. */
  readonly members: readonly string[]
}

export interface Explanation {
  readonly name: string
  /** Outermost first; nested pipelines are flattened. */
  readonly policies: readonly ExplainedPolicy[]
  /** One line a policy. */
  readonly text: string
  toString(): string
}

export function explanation(description: Description): Explanation {
  const policies = flatten(description)
  const lines = policies.map(line)
  const text = [description.name, ...lines.map((written, i) => `  ${i + 1}. ${written}`)].join('\n')
  return { name: description.name, policies, text, toString: () => text }
}

function flatten({ kind, name, options, parts, members }: Description): readonly ExplainedPolicy[] {
  if (kind === 'pipeline') return parts.flatMap(flatten)
  return [{ name, kind, options: { ...options }, members }]
}

function line({ name, kind, options, members }: ExplainedPolicy): string {
  const shown = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => `${option} ${written(value)}`)
  if (members.length > 0) shown.push(`members ${members.join(', ')}`)
  const title = name === kind ? kind : `${kind} ${JSON.stringify(name)}`
  return shown.length === 0 ? title : `${title}: ${shown.join('; ')}`
}

/** The value of an option, as text. */
export function written(value: unknown): string {
  if (isBackoff(value)) return `${value.kind}(${pairs(value.options)})`
  if (isRecord(value) && typeof value['rule'] === 'string' && isRecord(value['options'])) {
    return `${value['rule']}(${pairs(value['options'])})`
  }
  if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) return `{ ${pairs(value)} }`
  return show(value)
}

function pairs(options: object): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : show(value)}`)
    .join(', ')
}
