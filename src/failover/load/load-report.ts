/**
 * The load that a server reports about itself.
 *
 * The text form is that of ORCA, the Open Request Cost Aggregation of Envoy and gRPC, in the response header
 * `endpoint-load-metrics`: `TEXT cpu_utilization=0.3, rps_fractional=10` or `JSON {"cpu_utilization": 0.3}`. Some servers
 * write colons, in either place: `TEXT cpu_utilization:0.3` and `TEXT: cpu_utilization=0.3`. Inference servers send it when
 * the request has the header `endpoint-load-metrics-format: TEXT`.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { type Check, finite, isRecord, optional, resolveOptions } from '../../core/options.ts'

/** Load as a server reports it. */
export interface LoadReport {
  /** Used share of its capacity, >= 0; 1 is full, more is overloaded. */
  readonly utilisation: number
  /** Requests it serves per second, >= 0; 0 where it does not report them. */
  readonly rate: number
  /** Failed requests per second, >= 0. */
  readonly errors: number
}

/** A report, and when it was received, in the pool's `clock.now()`. */
export interface KnownLoad extends LoadReport {
  readonly at: Milliseconds
}

/** A real server is not a thousand times over its capacity, and does not serve more than this per second. */
const mostUtilisation = 1000
const mostRate = 1e9

function bounded(max: number): Check<number> {
  const check = finite(0)
  return (value, fail) => {
    const number = check(value, fail)
    return number <= max ? number : fail(`a number from 0 to ${max}`)
  }
}

/** Checks a report that the user gives. @throws TypeError where it is none. */
export function resolveReport(kind: string, given: unknown): LoadReport {
  return resolveOptions(kind, given, {
    utilisation: bounded(mostUtilisation),
    rate: optional(bounded(mostRate), 0 as number),
    errors: optional(bounded(mostRate), 0 as number),
  })
}

/** ORCA's names, and those of gRPC's protocol buffer in JSON. */
const names = {
  application: ['application_utilization', 'applicationUtilization'],
  cpu: ['cpu_utilization', 'cpuUtilization'],
  rate: ['rps_fractional', 'rpsFractional'],
  errors: ['eps', 'eps'],
} as const

/**
 * Reads the value of an `endpoint-load-metrics` header. The application's own utilisation takes precedence over that of the
 * CPU, as in gRPC (A114). Returns undefined where the header is missing, malformed, or has no utilisation.
 *
 * ```ts
 * import { readLoadReport } from 'holdfast/failover'
 * readLoadReport('TEXT cpu_utilization=0.3, rps_fractional=10') // => { utilisation: 0.3, rate: 10, errors: 0 }
 * readLoadReport('TEXT cpu_utilization:0.3')?.utilisation // => 0.3
 * readLoadReport('JSON {"application_utilization": 0.7}')?.utilisation // => 0.7
 * readLoadReport(null) // => undefined
 * ```
 */
export function readLoadReport(header: string | null | undefined): LoadReport | undefined {
  if (typeof header !== 'string') return undefined
  // The expression matches any text.
  const [, format = '', body = ''] = /^\s*(?:(TEXT|JSON)(?:\s*:\s*|\s+))?(.*)$/is.exec(header) as RegExpExecArray
  const metrics = format.toUpperCase() === 'JSON' ? readJson(body) : readText(body)
  const value = ([first, second]: readonly [string, string]): number | undefined =>
    metrics.get(first) ?? metrics.get(second)
  const application = value(names.application)
  const utilisation = application === undefined || application === 0 ? value(names.cpu) : application
  try {
    return resolveReport('load', { utilisation, rate: value(names.rate), errors: value(names.errors) })
  } catch {
    return undefined
  }
}

function readText(body: string): ReadonlyMap<string, number> {
  const pairs = body.split(',').map((pair) => /^\s*([^=:]*?)\s*(?:[=:](.*))?$/s.exec(pair) as RegExpExecArray)
  return new Map(pairs.map(([, name = '', value = '']) => [name, value.trim() === '' ? Number.NaN : Number(value)]))
}

function readJson(body: string): ReadonlyMap<string, number> {
  try {
    const read: unknown = JSON.parse(body)
    return new Map(isRecord(read) ? Object.entries(read).map(([name, value]) => [name, value as number]) : [])
  } catch {
    return new Map()
  }
}
