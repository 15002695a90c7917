/**
 * What the selections are put through: ten servers of four slots each, exponential service of 10 ms, calls by chance at 60 %
 * of what the servers that do not fail can serve. A server that is five times slower counts as a fifth.
 */
import { failoverPool } from '../../dist/failover.js'
import { exponentialLatency, simulate } from '../../dist/testing.js'

const members = 10
/** Calls a second that are 60 % of what one sound server can serve. */
const perServer = 240

export const scenarios = [
  { name: 'all equal', faulty: 0, left: 1 },
  { name: 'one slow', faulty: 1, left: 0.2, fault: { kind: 'slow', factor: 5 } },
  { name: 'three slow', faulty: 3, left: 0.2, fault: { kind: 'slow', factor: 5 } },
  { name: 'one fails at once', faulty: 1, left: 0, fault: { kind: 'fail' }, pool: { outlier: false } },
  { name: 'one dead', faulty: 1, left: 0, fault: { kind: 'down' } },
]

/** Runs one selection through one scenario. */
export async function run(entry, scenario, { calls, seed }) {
  const { make, clients = 1, keys = 1e6, servers = members, warmUp = 20 } = entry
  const { faulty, left, fault, pool } = scenario
  const spoilt = Math.min(faulty, servers)
  const sound = servers === 1 ? 1 : servers - spoilt + spoilt * left
  const pools = []
  return await simulate({
    members: Array.from({ length: members }, (_, i) => ({
      name: `m${i}`,
      latency: exponentialLatency('10ms'),
      capacity: 4,
      faults: i < faulty ? [fault] : [],
    })),
    policy({ members: names, client }) {
      const placed = names.map((target, i) => ({
        target,
        zone: i % 2 === 0 ? 'east' : 'west',
        priority: i < servers ? 0 : 1,
      }))
      pools.push(failoverPool(placed, { ...pool, selection: make(client) }))
      return pools.at(-1)
    },
    clients,
    rate: sound * perServer,
    warmUp: warmUp * 1000,
    calls,
    seed,
    call: ({ random }) => ({ key: String(Math.floor(random() * keys)) }),
    report: ({ client, member, ...load }) => pools[client].report(member, load),
  })
}
