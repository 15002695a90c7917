/**
 * The line that answers an agent check of HAProxy.
 *
 * It has three independent axes: health, administrative state and weight. Only `ready` lifts a drain, and only `up` lifts a
 * `down`; an axis that the line omits stays as it is. HAProxy ignores a line without a line end, an unknown word, and a `#`
 * without a space before it, and shows that only in its statistics, so only this file builds the line.
 * Invariant: no text from the user can end the line or add a word to it.
 */
import { type Check, integer, oneOf, optional, resolveOptions } from '../../core/options.ts'
import type { AdminState } from '../../failover/members/member-status.ts'

/** `'up'` takes traffic. `'down'`, `'stopped'` and `'fail'` do not; they differ only in HAProxy's log. */
export type AgentHealth = 'up' | 'down' | 'stopped' | 'fail'

/** What a service reports about itself. */
export interface AgentState {
  readonly health?: AgentHealth | undefined
  /** `'drain'`: only sticky clients. `'maintenance'`: no clients, and no checks except this one. */
  readonly admin?: AdminState | undefined
  /**
   * A multiple of the weight configured in HAProxy, 0 to 256: 0.5 is half of it, 2 twice as much, 0 no new traffic. Sent in
   * whole percent. HAProxy rounds the product down, so configure weights of 100: 99 % of 1 is 0.
   */
  readonly weight?: number | undefined
  /** The most connections HAProxy opens to it at once, an integer from 0 to 2147483647; 0 is no limit. */
  readonly maxConnections?: number | undefined
  /** A reason for people. Line ends and other control characters become spaces; cut after 200 characters. */
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

/** @throws TypeError if it is not a state. */
export function resolveState(kind: string, given: unknown) {
  return resolveOptions(kind, given, stateChecks)
}

/** HAProxy's names of the administrative states. */
export const adminWords = { ready: 'ready', drain: 'drain', maintenance: 'maint' } as const

/**
 * Builds the line for a state. The line omits what the state omits.
 *
 * ```ts
 * import { agentLine } from 'holdfast/haproxy'
 * agentLine({ health: 'up', admin: 'ready', weight: 1 }) // => 'up ready 100%\n'
 * agentLine({ weight: 0.75 }) // => '75%\n'
 * agentLine({ health: 'fail', description: 'disk full' }) // => 'fail #disk full\n'
 * ```
 *
 * @throws TypeError if a field is invalid or unknown.
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
