/**
 * `show stat` as rows.
 *
 * The answer is CSV under a header that begins with `# `; fields with a comma or a quote stand in quotes, quotes in them
 * doubled. Fields come by name, not by place: new versions put in more. An empty field is no number.
 */
import { HaproxyError } from './haproxy-error.ts'

const types = ['frontend', 'backend', 'server', 'listener'] as const

/** What HAProxy counts of one server, or of a frontend or backend as a whole. */
export interface StatRow {
  readonly proxy: string
  /** A server's name, else `'FRONTEND'` or `'BACKEND'`. */
  readonly server: string
  readonly type: (typeof types)[number]
  /** `'UP'`, `'DOWN (agent)'`, `'DRAIN'`, `'MAINT'`, `'UP 2/3 (going down)'` … as HAProxy says it. */
  readonly status: string
  /** In force: after agent, runtime API and slow start. */
  readonly weight: number | undefined
  /** Under way, and how many there may be; undefined is no limit. */
  readonly sessions: number | undefined
  readonly sessionLimit: number | undefined
  /** Waiting for this server, or for any of the backend. */
  readonly queued: number | undefined
  /** Since HAProxy began. */
  readonly totalSessions: number | undefined
  readonly serverErrors: number | undefined
  /** Mean of the last 1024 responses, in ms. */
  readonly responseTime: number | undefined
  /** `'L4OK'`, `'L7STS'` …; empty where there is no check. */
  readonly checkStatus: string
  readonly agentStatus: string
  /** What HAProxy made of the agent's last answer. */
  readonly lastAgent: string
  /** Every field, by HAProxy's own name. */
  readonly fields: Readonly<Record<string, string>>
}

/** @throws HaproxyError where it is no answer to `command`. */
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
    // A check under way is marked by `* `.
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
