/** A retry storm: a short fault whose retries keep a service down for good, and two ways to end it. */
import assert from 'node:assert/strict'
import { type AnyPolicy, circuitBreaker, pipeline, retry, retryBudget, timeout } from 'holdfast'
import { simulate } from 'holdfast/testing'

const again = { retries: 3, backoff: '50ms' } as const

/** What a client puts around its calls, outside the timeout of an attempt. */
const clients: Readonly<Record<string, () => AnyPolicy[]>> = {
  'retries alone': () => [retry(again)],
  'a retry budget': () => [retry({ ...again, budget: retryBudget.ratio({ ratio: 0.1, minPerSecond: 1 }) })],
  'a circuit breaker': () => [retry(again), circuitBreaker({ failureRate: 0.5, window: '2s', openFor: '1s' })],
}

/** The service can do 400 calls per second and gets 260. For 3 s it is three times as slow. */
async function succeeding(policies: () => AnyPolicy[]): Promise<number[]> {
  const slow = { kind: 'slow', factor: 3, from: '5s', to: '8s' } as const
  const { series } = await simulate({
    // Like most servers, it also does the work of clients that have stopped waiting.
    members: [{ name: 'stock', latency: '50ms', capacity: 20, queue: 400, faults: [slow] }],
    policy: ({ clock, random }) => pipeline({ name: 'stock', clock, random }, ...policies(), timeout('250ms')),
    clients: 5,
    rate: 260,
    duration: '30s',
  })
  return series.map(({ calls, ok }) => Math.round((100 * ok) / calls))
}

const lines: Record<string, number[]> = {}
for (const [name, policies] of Object.entries(clients)) lines[name] = await succeeding(policies)
/** The picture of docs/simulations.md. */
export const picture = { title: 'Calls that succeed, in %, by the second in which they began', lines }

for (const [name, ok] of Object.entries(lines)) {
  console.log(`${name}: ${ok[4]} % of the calls succeed in second 4, ${ok[6]} % in second 6, ${ok[29]} % in second 29`)
}
assert.equal(lines['retries alone']?.[29], 0)
assert.ok((lines['a retry budget']?.[29] ?? 0) === 100)
assert.ok((lines['a circuit breaker']?.[29] ?? 0) === 100)
