/** rate-limiter-flexible: counts points in memory, by key; the caller runs the work. */
import { RateLimiterMemory } from 'rate-limiter-flexible'

export function paced(work) {
  const limiter = new RateLimiterMemory({ points: 1e9, duration: 1 })
  return async () => {
    await limiter.consume('key')
    return await work()
  }
}
