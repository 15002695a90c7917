/** holdfast as its users get it: the built package. Each function gives the call to measure. */
import {
  adaptiveLimiter,
  availabilityTracker,
  bulkhead,
  cache,
  circuitBreaker,
  constant,
  failoverPool,
  fallback,
  hedge,
  pipeline,
  rateLimiter,
  retry,
  singleFlight,
  throttle,
  timeout,
} from '../../dist/index.js'

const through = (policy) => (work) => () => policy.execute(work)

export const none = (work) => through(pipeline())(work)
export const breaker = (work) => through(circuitBreaker())(work)
export const consecutiveBreaker = (work) => through(circuitBreaker({ consecutiveFailures: 5 }))(work)
export const countBreaker = (work) =>
  through(circuitBreaker({ failureRate: 0.5, window: { calls: 100 }, minimumCalls: 20 }))(work)
export const retrying = (work) => through(retry({ retries: 2, backoff: constant(0) }))(work)
export const timed = (work) => through(timeout('1s'))(work)
export const hedged = (work) => through(hedge('1s'))(work)
export const learned = (work) => through(hedge())(work)
export const limited = (work, { limit, queue }) => through(bulkhead({ limit, queue }))(work)
export const throttled = (work) => through(throttle())(work)
export const paced = (work) => through(rateLimiter({ limit: 1e9, per: '1s' }))(work)
export const cached = (work) => {
  const policy = cache({ ttl: '1h' })
  const options = { key: 'k' }
  return () => policy.execute(work, options)
}
export const leading = (work) => {
  const policy = singleFlight()
  const options = { key: 'k' }
  return () => policy.execute(work, options)
}
export const adaptive = (work, { limit, queue }) => through(adaptiveLimiter({ initial: limit, queue }))(work)
export const covered = (work) => through(fallback({ value: 0 }))(work)

export async function openBreaker(work) {
  const policy = circuitBreaker({ consecutiveFailures: 1, openFor: '1h' })
  await policy.execute(work).catch(() => {})
  if (policy.state !== 'open') throw new Error('the breaker must be open')
  return through(policy)(work)
}

/** Each call fails twice first, so it needs a count of its own. */
export function failingTwice(flaky) {
  const policy = retry({ retries: 2, backoff: constant(0) })
  return () => policy.execute(flaky())
}

/** One pipeline of so many policies, in the order the documentation recommends. */
export function stackOf(size) {
  const inner = [timeout('1s'), retry(2), circuitBreaker(), bulkhead({ limit: 1000, queue: 1000 })]
  if (size === 1) return pipeline(circuitBreaker())
  if (size === 2) return pipeline(retry(2), circuitBreaker())
  if (size === 4) return pipeline(...inner)
  return pipeline(fallback({ value: 0 }), ...inner, timeout({ name: 'attempt', after: '500ms' }))
}

export const stack = (work, size) => through(stackOf(size))(work)

export function watched(work) {
  const policy = stackOf(4)
  availabilityTracker().watch(policy)
  return through(policy)(work)
}

/** Two of the three hear every call that succeeds. */
export function heard(work) {
  const policy = stackOf(4)
  let seen = 0
  for (const event of ['call', 'success', 'failure']) policy.on(event, () => seen++)
  return through(policy)(work)
}

/** Pipelines that differ in order, options and operation, called in turn. */
export function many(work, count) {
  const calls = Array.from({ length: count }, (_, i) => {
    const policies = [timeout(1000 + (i % 7)), retry(1 + (i % 3)), circuitBreaker(), bulkhead(100 + i)]
    const turned = [...policies.slice(i % 4), ...policies.slice(0, i % 4)]
    const policy = pipeline(...turned.slice(i % 5 === 0 ? 1 : 0))
    const operation = async () => work()
    return () => policy.execute(operation)
  })
  let next = 0
  return () => calls[next++ % count]()
}

export function pooled(work, size) {
  const pool = failoverPool(Array.from({ length: size }, (_, i) => ({ target: i, name: `m${i}` })))
  return through(pool)(work)
}

export const manyBreakers = (count) =>
  Array.from({ length: count }, (_, i) => circuitBreaker({ name: `host-${i}`, consecutiveFailures: 5 }))
