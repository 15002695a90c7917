/** Hedging: a second attempt beside the slowest calls cuts the tail, for about 5 % more load. */
import assert from 'node:assert/strict'
import { type AnyPolicy, failoverPool, hedge, pipeline, roundRobin, timeout } from 'holdfast'
import { simulate } from 'holdfast/testing'

/** Two requests in a hundred take half a second and more, whichever replica serves them. */
const latency = (random: () => number): number => (random() < 0.02 ? 500 + 500 * random() : 20 + 40 * random())

const readers: Readonly<Record<string, () => AnyPolicy[]>> = { 'no hedge': () => [], hedge: () => [hedge()] }

function read(policies: () => AnyPolicy[]) {
  return simulate({
    members: ['a', 'b', 'c'].map((name) => ({ name, latency, capacity: 50 })),
    // Outside the pool, a hedge goes to another replica.
    policy: ({ clock, random, members }) =>
      pipeline(
        { name: 'read', clock, random },
        ...policies(),
        failoverPool(members, { selection: roundRobin() }),
        timeout('2s'),
      ),
    rate: 300,
    warmUp: '5s',
    calls: 20_000,
  })
}

const lines: Record<string, number[]> = {}
const load: Record<string, number> = {}
for (const [name, policies] of Object.entries(readers)) {
  const { latency: took, attempts, calls } = await read(policies)
  lines[name] = [took.p50, took.p90, took.p99, took.p999].map((ms) => Math.round(ms ?? 0))
  load[name] = attempts / calls
  console.log(`${name}: quantiles of ${lines[name]?.join(', ')} ms, ${load[name]?.toFixed(2)} requests a call`)
}
/** The picture of docs/simulations.md. */
export const picture = { title: 'Latency in ms, by quantile', x: ['0.5', '0.9', '0.99', '0.999'], lines }

const [, , p99 = 0] = lines['hedge'] ?? []
assert.ok((lines['no hedge']?.[2] ?? 0) > 700 && p99 < 120)
assert.ok((load['hedge'] ?? 2) < 1.06)
