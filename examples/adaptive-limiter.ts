/** A store that serves 4 queries at once, and queues more: the limiter finds that out, and refuses what would only wait. */
import assert from 'node:assert/strict'
import { type AdaptiveLimiter, adaptiveLimiter } from 'holdfast/adaptive-limiter'
import { simulate } from 'holdfast/testing'

const limiters: AdaptiveLimiter[] = []

// 800 queries come in a second, twice as many as the store can do. Each takes 10 ms.
const { latency, errors, calls } = await simulate({
  members: [{ name: 'store', latency: '10ms', capacity: 4 }],
  policy: ({ clock, random }) => {
    const limiter = adaptiveLimiter({ name: 'store', initial: 40, window: { every: '50ms' }, clock, random })
    limiter.on('limit', ({ from, to, cause }) => console.log(`limit ${from} -> ${to}, ${cause}`))
    limiters.push(limiter)
    return limiter
  },
  rate: 800,
  warmUp: '40s',
  duration: '4s',
})

const [store] = limiters
const refused = errors['HF_LIMIT_REACHED'] ?? 0
console.log(`limit ${store?.limit}, baseline ${store?.baseline} ms`)
console.log(`${refused} of ${calls} queries refused; half of the others took ${latency.p50} ms or less`)
assert.ok((store?.limit ?? 40) < 20)
assert.ok(refused > 0.4 * calls && refused < 0.6 * calls)
assert.ok((latency.p50 ?? 100) < 50)
