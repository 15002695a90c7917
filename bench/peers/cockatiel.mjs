/** cockatiel, set up as its documentation does. */
import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  circuitBreaker,
  fallback,
  handleAll,
  noop,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'

const through = (policy) => (work) => () => policy.execute(work)
const breakerOf = (rule) => circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: rule })
const sampling = () => breakerOf(new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }))
const retries = () => retry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(0) })
const aggressive = (after) => timeout(after, TimeoutStrategy.Aggressive)

export const none = (work) => through(noop)(work)
export const breaker = (work) => through(sampling())(work)
export const consecutiveBreaker = (work) => through(breakerOf(new ConsecutiveBreaker(5)))(work)
export const countBreaker = (work) =>
  through(breakerOf(new CountBreaker({ threshold: 0.5, size: 100, minimumNumberOfCalls: 20 })))(work)
export const retrying = (work) => through(retries())(work)
export const timed = (work) => through(aggressive(1000))(work)
export const limited = (work, { limit, queue }) => through(bulkhead(limit, queue))(work)
export const covered = (work) => through(fallback(handleAll, 0))(work)

export async function openBreaker(work) {
  const policy = circuitBreaker(handleAll, { halfOpenAfter: 3_600_000, breaker: new ConsecutiveBreaker(1) })
  await policy.execute(work).catch(() => {})
  if (policy.state !== CircuitState.Open) throw new Error('the breaker must be open')
  return through(policy)(work)
}

export function failingTwice(flaky) {
  const policy = retries()
  return () => policy.execute(flaky())
}

export function stackOf(size) {
  const inner = [aggressive(1000), retries(), sampling(), bulkhead(1000, 1000)]
  if (size === 1) return sampling()
  if (size === 2) return wrap(retries(), sampling())
  if (size === 4) return wrap(...inner)
  return wrap(fallback(handleAll, 0), ...inner, aggressive(500))
}

export const stack = (work, size) => through(stackOf(size))(work)

export function heard(work) {
  const breaker = sampling()
  let seen = 0
  breaker.onSuccess(() => seen++)
  breaker.onFailure(() => seen++)
  const policy = wrap(aggressive(1000), retries(), breaker, bulkhead(1000, 1000))
  breaker.onStateChange(() => seen++)
  return through(policy)(work)
}

export const manyBreakers = (count) => Array.from({ length: count }, () => breakerOf(new ConsecutiveBreaker(5)))
