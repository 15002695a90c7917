/** Twice the load that a service can take: an adaptive limiter holds the goodput, a limit that follows an average drifts. */
import assert from 'node:assert/strict'
import { type AnyPolicy, adaptiveLimiter, type LimitAlgorithm, pipeline } from 'holdfast'
import { simulate } from 'holdfast/testing'

/** The rule of Gradient2: it compares with a long average of the latency, which an overload raises. */
function gradient2(): LimitAlgorithm {
  let long = 0
  let windows = 0
  return {
    update(limit, { latency, inflight }) {
      windows += 1
      long += (latency - long) * (windows <= 10 ? 1 / windows : 2 / 601)
      if (long > 2 * latency) long *= 0.95
      if (inflight < limit / 2) return limit
      const gradient = Math.max(0.5, Math.min(1, (1.5 * long) / latency))
      return 0.8 * limit + 0.2 * (gradient * limit + 4)
    },
  }
}

const shared = { window: { every: '100ms' }, max: 1000 } as const
const limiters: Readonly<Record<string, () => AnyPolicy[]>> = {
  'no limit': () => [],
  'compared with an average': () => [adaptiveLimiter({ ...shared, algorithm: gradient2() })],
  'adaptive limiter': () => [adaptiveLimiter(shared)],
}

/** The service does 200 calls per second and gets 400. An answer is of use if it comes within 300 ms. */
async function goodput(policies: () => AnyPolicy[]): Promise<number[]> {
  const useful = Array.from({ length: 60 }, () => 0)
  await simulate({
    members: [{ name: 'store', latency: '50ms', capacity: 10 }],
    policy: ({ clock, random }) =>
      pipeline({ name: 'store', clock, random }, ...policies()).on('call', ({ ok, time, duration }) => {
        const second = Math.floor(time / 1000)
        if (ok && duration <= 300 && second < 60) useful[second] = (useful[second] ?? 0) + 1
      }),
    rate: 400,
    duration: '60s',
    drain: 0,
  })
  return useful
}

const lines: Record<string, number[]> = {}
for (const [name, policies] of Object.entries(limiters)) lines[name] = await goodput(policies)
/** The picture of docs/simulations.md. */
export const picture = { title: 'Answers in time, per second', lines }

for (const [name, useful] of Object.entries(lines))
  console.log(`${name}: ${useful[59]} answers in time in the last second`)
assert.equal(lines['no limit']?.[59], 0)
assert.equal(lines['compared with an average']?.[59], 0)
assert.ok((lines['adaptive limiter']?.[59] ?? 0) > 185)
