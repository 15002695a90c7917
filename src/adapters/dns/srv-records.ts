/**
 * Maps SRV records to priorities and weights of a pool (RFC 2782).
 *
 * Priority and weight are taken as they are, for a pool that selects with `tiers(random())`: the lowest priority first, and
 * within it at random in proportion to weight, as in the RFC with its erratum (a draw from 0 to the sum of weights minus 1).
 * A record of weight 0 among others is hardly ever drawn in the RFC, and never in a pool. So it gets a priority half a step
 * lower, where it is selected when the others cannot take every call. If all weights of a priority are 0, they are equal.
 */
import type { ServiceRecord } from './resolver.ts'

/** A record as a member. */
export interface SrvEndpoint {
  readonly host: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** Whether the records say explicitly that the service is not available. */
export function isRefusal(records: readonly ServiceRecord[]): boolean {
  return records.length > 0 && records.every(({ name }) => isRoot(name))
}

/** The members of the records, most preferred first, each host and port once. */
export function endpointsOf(records: readonly ServiceRecord[]): readonly SrvEndpoint[] {
  const real = records.filter(({ name }) => !isRoot(name))
  const weighted = new Set(real.filter(({ weight }) => weight > 0).map(({ priority }) => priority))
  const services = new Map<string, SrvEndpoint>()
  for (const { name, port, priority, weight } of [...real].sort((a, b) => a.priority - b.priority)) {
    // Servers may answer in any letter case, and change it each time.
    const host = name.toLowerCase().replace(/\.$/, '')
    const key = `${host}:${port}`
    if (services.has(key)) continue
    if (weight > 0) services.set(key, { host, port, priority, weight })
    else services.set(key, { host, port, priority: weighted.has(priority) ? priority + 0.5 : priority, weight: 1 })
  }
  return [...services.values()].sort((a, b) => a.priority - b.priority)
}

function isRoot(name: string): boolean {
  return name === '' || name === '.'
}
