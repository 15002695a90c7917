/**
 * Parses the answer to `show stat`.
 *
 * The answer is CSV with a header that begins with `# `. Fields with a comma or a quote are quoted, with quotes doubled. They
 * are looked up by name, since newer versions insert fields. An empty field is not a number.
 */
import { HaproxyError } from './haproxy-error.ts'

const types = ['frontend', 'backend', 'server', 'listener'] as const

/** The statistics of one server, or of a whole frontend or backend. */
export interface StatRow {
  readonly proxy: string
  /** The server's name, or `'FRONTEND'` or `'BACKEND'`. */
  readonly server: string
  readonly type: (typeof types)[number]
  /** `'UP'`, `'DOWN (agent)'`, `'DRAIN'`, `'MAINT'`, `'UP 2/3 (going down)'` …, as HAProxy reports it. */
  readonly status: string
  /** The effective weight, after agent, runtime API and slow start. */
  readonly weight: number | undefined
  /** Current sessions, and their limit; undefined is no limit. */
  readonly sessions: number | undefined
  readonly sessionLimit: number | undefined
  /** Requests waiting for this server, or for any server of the backend. */
  readonly queued: number | undefined
  /** Since HAProxy started. */
  readonly totalSessions: number | undefined
  readonly serverErrors: number | undefined
  /** Mean of the last 1024 responses, in ms. */
  readonly responseTime: number | undefined
  /** `'L4OK'`, `'L7STS'` …; empty without a check. */
  readonly checkStatus: string
  readonly agentStatus: string
  /** HAProxy's report on the agent's last answer. */
  readonly lastAgent: string
  /** Every field, by HAProxy's own name. */
  readonly fields: Readonly<Record<string, string>>
}

/** @throws HaproxyError if it is not an answer to `command`. */
export function readStat(command: string, answer: string): readonly StatRow[] {
  const [header = '', ...lines] = answer.split('\n')
  if (!header.startsWith('# ')) throw new HaproxyError(command, answer)
  const names = cells(header.slice(2))
  return lines.filter((line) => line !== '').map((line) => rowOf(names, cells(line)))
}

function rowOf(names: readonly string[], values: readonly string[]): StatRow {
  const fields = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']))
  const text = (name: string): string => fields[name] ?? ''
  const number = (name: string): number | undefined => (text(name) === '' ? undefined : Number(text(name)))
  return {
    proxy: text('pxname'),
    server: text('svname'),
    type: types[Number(text('type'))] ?? 'server',
    status: text('status'),
    weight: number('weight'),
    sessions: number('scur'),
    sessionLimit: number('slim'),
    queued: number('qcur'),
    totalSessions: number('stot'),
    serverErrors: number('hrsp_5xx'),
    responseTime: number('rtime'),
    // `* ` marks a check in progress.
    checkStatus: text('check_status').replace(/^\* /, ''),
    agentStatus: text('agent_status').replace(/^\* /, ''),
    lastAgent: text('last_agt'),
    fields: Object.freeze(fields),
  }
}

function cells(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain as string) : quoted.replaceAll('""', '"'),
  )
}
