/** mollitia: modules in a circuit. */
import {
  Bulkhead,
  Circuit,
  Fallback,
  Retry,
  RetryMode,
  SlidingCountBreaker,
  SlidingTimeBreaker,
  Timeout,
} from 'mollitia'

const through = (modules, work) => {
  const circuit = new Circuit({ options: { modules } }).fn(work)
  return () => circuit.execute()
}
const counting = () => new SlidingCountBreaker({ slidingWindowSize: 100, minimumNumberOfCalls: 20 })
const retries = () => new Retry({ attempts: 2, interval: 0, mode: RetryMode.CONSTANT })
const inside = (limit, queue) => new Bulkhead({ concurrentSize: limit, queueSize: queue, maxQueueWait: 60_000 })

export const none = (work) => through([], work)
export const breaker = (work) => through([new SlidingTimeBreaker({ slidingWindowSize: 30_000 })], work)
export const countBreaker = (work) => through([counting()], work)
export const retrying = (work) => through([retries()], work)
export const timed = (work) => through([new Timeout({ delay: 1000 })], work)
export const limited = (work, { limit, queue }) => through([inside(limit, queue)], work)
export const covered = (work) => through([new Fallback({ callback: () => 0 })], work)

export async function openBreaker(work) {
  const breaker = new SlidingCountBreaker({ openStateDelay: 3_600_000 })
  await breaker.open()
  return through([breaker], work)
}

export function failingTwice(flaky) {
  const circuit = new Circuit({ options: { modules: [retries()] } })
  return () => circuit.fn(flaky()).execute()
}

export function stack(work, size) {
  const inner = [new Timeout({ delay: 1000 }), retries(), counting(), inside(1000, 1000)]
  if (size === 1) return through([counting()], work)
  if (size === 2) return through(inner.slice(1, 3), work)
  if (size === 4) return through(inner, work)
  return through([new Fallback({ callback: () => 0 }), ...inner, new Timeout({ delay: 500 })], work)
}

export const manyBreakers = (count) => Array.from({ length: count }, () => counting())
