/** A quota of 3 calls in each 30 ms: three start at once, two wait for their turn, the sixth is rejected at once. */
import assert from 'node:assert/strict'
import { rateLimiter } from 'holdfast/rate-limiter'

const quota = rateLimiter({ name: 'quota', limit: 3, per: 30, maxWait: 25 })
quota.on('wait', ({ delay, position }) => console.log(`number ${position} waits ${Math.round(delay)} ms`))
quota.on('reject', ({ policy, retryAfter }) =>
  console.log(`${policy}: refused, next in ${Math.round(retryAfter ?? 0)} ms`),
)

const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((page) => quota.execute(async () => `page ${page}`)))
const shown = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code))

console.log(shown.join(', '))
assert.deepEqual(shown, ['page 1', 'page 2', 'page 3', 'page 4', 'page 5', 'HF_RATE_LIMITED'])
