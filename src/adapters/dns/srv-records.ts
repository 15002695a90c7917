/**
 * What SRV records mean to a pool (RFC 2782).
 *
 * Priority is priority and weight is weight, for a pool that draws by `tiers(random())`: lowest priority first, and within
 * it by chance in proportion to weight, which is the RFC with its erratum (a draw from 0 to the sum of weights less one).
 * A record of weight 0 among others has hardly a chance there, and in a pool weight 0 gets no call: so it stands half a
 * priority behind its own, where it is picked when the others cannot take it all. Where all weights of a priority are 0,
 * all are equal.
 */
import type { ServiceRecord } from './resolver.ts'

/** A record as a member: where, with what share, and when. */
export interface SrvEndpoint {
  readonly host: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** The one record that says: not here, decidedly. */
export function isRefusal(records: readonly ServiceRecord[]): boolean {
  return records.length > 0 && records.every(({ name }) => isRoot(name))
}

/** The services of the records, most preferred first; each host and port once. */
export function endpointsOf(records: readonly ServiceRecord[]): readonly SrvEndpoint[] {
  const real = records.filter(({ name }) => !isRoot(name))
  const weighted = new Set(real.filter(({ weight }) => weight > 0).map(({ priority }) => priority))
  const services = new Map<string, SrvEndpoint>()
  for (const { name, port, priority, weight } of [...real].sort((a, b) => a.priority - b.priority)) {
    // Servers may answer in any case, and in another one each time.
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
