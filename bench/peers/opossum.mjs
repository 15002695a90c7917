/** opossum: a breaker with timeout and capacity; it has no retry, so its stack of four lacks one. */
import CircuitBreaker from 'opossum'

const settings = { timeout: false, errorThresholdPercentage: 50, resetTimeout: 30_000, volumeThreshold: 10 }
const fired = (work, options) => {
  const breaker = new CircuitBreaker(work, { ...settings, ...options })
  return () => breaker.fire()
}

export const breaker = (work) => fired(work)
export const timed = (work) => fired(work, { timeout: 1000 })
export const limited = (work, { limit }) => fired(work, { capacity: limit })
export const stack = (work, size) => fired(work, size === 1 ? {} : { timeout: 1000, capacity: 1000 })

export function covered(work) {
  const breaker = new CircuitBreaker(work, settings)
  breaker.fallback(() => 0)
  return () => breaker.fire()
}

export function openBreaker(work) {
  const breaker = new CircuitBreaker(work, { ...settings, resetTimeout: 3_600_000 })
  breaker.open()
  return () => breaker.fire()
}

export function heard(work) {
  const breaker = new CircuitBreaker(work, { ...settings, timeout: 1000, capacity: 1000 })
  let seen = 0
  for (const event of ['fire', 'success', 'failure']) breaker.on(event, () => seen++)
  return () => breaker.fire()
}

export const manyBreakers = (count) => Array.from({ length: count }, () => new CircuitBreaker(async () => 1, settings))
