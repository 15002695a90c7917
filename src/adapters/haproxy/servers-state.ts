/**
 * `show servers state` as rows: what each server is set to, as opposed to how it does.
 *
 * The answer is a version, a header that begins with `# `, and lines of words; `-` is nothing. Admin states are bits that
 * may be set together, of which maintenance is the strongest.
 */
import type { AdminState } from '../../failover/members/member-status.ts'
import { HaproxyError } from './haproxy-error.ts'

const operations = ['stopped', 'starting', 'running', 'stopping'] as const

/** The settings of a server. */
export interface ServerState {
  readonly backend: string
  readonly server: string
  readonly address: string
  readonly port: number
  /** `'starting'` is a slow start, `'stopping'` a soft stop. */
  readonly operation: (typeof operations)[number]
  /** Set by the configuration, the agent or the runtime API. */
  readonly admin: AdminState
  /** The current weight, and the configured one. */
  readonly weight: number
  readonly initialWeight: number
  /** Every field, by HAProxy's own name. */
  readonly fields: Readonly<Record<string, string>>
}

/** Forced, inherited, configured. */
const maintenance = 1 | 2 | 4
const drain = 8 | 16

/** @throws HaproxyError if it is not an answer to `command`. */
export function readServersState(command: string, answer: string): readonly ServerState[] {
  const [version, header = '', ...lines] = answer.split('\n')
  if (version !== '1' || !header.startsWith('# ')) throw new HaproxyError(command, answer)
  const names = header.slice(2).split(' ')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => rowOf(names, line.split(' ')))
}

function rowOf(names: readonly string[], values: readonly string[]): ServerState {
  const fields = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '-']))
  const text = (name: string): string => fields[name] ?? '-'
  const bits = Number(text('srv_admin_state'))
  return {
    backend: text('be_name'),
    server: text('srv_name'),
    address: text('srv_addr'),
    port: Number(text('srv_port')),
    operation: operations[Number(text('srv_op_state'))] ?? 'stopped',
    admin: (bits & maintenance) !== 0 ? 'maintenance' : (bits & drain) !== 0 ? 'drain' : 'ready',
    weight: Number(text('srv_uweight')),
    initialWeight: Number(text('srv_iweight')),
    fields: Object.freeze(fields),
  }
}
