/**
 * The one line an agent answers HAProxy's agent check with.
 *
 * Three axes that do not undo each other: health, what the operator wants, and weight; only `ready` lifts a drain, and only
 * `up` lifts a down. What is not said stays as it is. HAProxy drops a line without its end, a word it does not know, and a
 * `#` that no blank precedes, and says so only in its statistics: so the line is made here and nowhere else. Invariant: no
 * text of the user's can end the line or add a word to it.
 */
import { type Check, integer, oneOf, optional, resolveOptions } from '../../core/options.ts'
import type { AdminState } from '../../failover/members/member-status.ts'

/** `'up'` works; `'down'`, `'stopped'` and `'fail'` take it out, and differ only in what HAProxy's log says. */
export type AgentHealth = 'up' | 'down' | 'stopped' | 'fail'

/** What a service says of itself. */
export interface AgentState {
  readonly health?: AgentHealth | undefined
  /** `'drain'`: only clients that stick to it; `'maintenance'`: nobody, and no checks but this one. */
  readonly admin?: AdminState | undefined
  /**
   * Its share of the weight configured in HAProxy, 0 to 256: 0.5 is half of it, 2 twice as much, 0 no new traffic. Sent in
   * whole percent. HAProxy rounds the product down, so configure weights of 100: 99 % of 1 is 0.
   */
  readonly weight?: number | undefined
  /** Connections HAProxy may have open to it at once, an integer from 0 to 2147483647; 0 is no limit. */
  readonly maxConnections?: number | undefined
  /** Why, for people. Line ends and other control characters become blanks; cut after 200 characters. */
  readonly description?: string | undefined
}

const mostWeight = 256
const mostConnections = 2 ** 31 - 1
const longest = 200

const weightCheck: Check<number> = (value, fail) =>
  typeof value === 'number' && value >= 0 && value <= mostWeight ? value : fail(`a number from 0 to ${mostWeight}`)

const connectionsCheck: Check<number> = (value, fail) => {
  const expected = `an integer from 0 to ${mostConnections}`
  const count = integer(0)(value, () => fail(expected))
  return count <= mostConnections ? count : fail(expected)
}

const stringCheck: Check<string> = (value, fail) => (typeof value === 'string' ? value : fail('a string'))

const stateChecks = {
  health: optional(oneOf('up', 'down', 'stopped', 'fail'), undefined),
  admin: optional(oneOf('ready', 'drain', 'maintenance'), undefined),
  weight: optional(weightCheck, undefined),
  maxConnections: optional(connectionsCheck, undefined),
  description: optional(stringCheck, undefined),
}

export type ResolvedAgentState = ReturnType<typeof resolveState>

/** @throws TypeError where it is no state. */
export function resolveState(kind: string, given: unknown) {
  return resolveOptions(kind, given, stateChecks)
}

/** HAProxy's words for the operator's. */
export const adminWords = { ready: 'ready', drain: 'drain', maintenance: 'maint' } as const

/**
 * The line for a state; what is left out is not said.
 *
 * ```ts
 * import { agentLine } from 'holdfast/haproxy'
 * agentLine({ health: 'up', admin: 'ready', weight: 1 }) // => 'up ready 100%\n'
 * agentLine({ weight: 0.75 }) // => '75%\n'
 * agentLine({ health: 'fail', description: 'disk full' }) // => 'fail #disk full\n'
 * ```
 *
 * @throws TypeError where a field is wrong or unknown.
 */
export function agentLine(state: AgentState): string {
  const { health, admin, weight, maxConnections, description } = resolveState('agentLine', state)
  const words: string[] = []
  if (health !== undefined) words.push(health)
  if (admin !== undefined) words.push(adminWords[admin])
  if (weight !== undefined) words.push(`${Math.round(100 * weight)}%`)
  if (maxConnections !== undefined) words.push(`maxconn:${maxConnections}`)
  const why = description === undefined ? '' : oneLine(description)
  if (why !== '') words.push(`#${why}`)
  return `${words.join(' ')}\n`
}

function oneLine(text: string): string {
  return text
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}
