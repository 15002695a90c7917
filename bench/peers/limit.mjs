/** Small limits written by hand, far from complete: they show how near to the engine a policy comes. */
import { LimitBreaker } from '../limits/breaker.mjs'
import { LimitBulkhead } from '../limits/bulkhead.mjs'
import { LimitRetry } from '../limits/retry.mjs'
import { LimitStack } from '../limits/stack.mjs'
import { LimitTimeout } from '../limits/timeout.mjs'

const through = (policy) => (work) => () => policy.execute(work)

export const breaker = (work) => through(new LimitBreaker())(work)
export const consecutiveBreaker = breaker
export const retrying = (work) => through(new LimitRetry(2))(work)
export const timed = (work) => through(new LimitTimeout(1000))(work)
export const limited = (work, { limit }) => through(new LimitBulkhead(limit))(work)

export function openBreaker(work) {
  const policy = new LimitBreaker()
  policy.open = true
  return through(policy)(work)
}

export function failingTwice(flaky) {
  const policy = new LimitRetry(2)
  return () => policy.execute(flaky())
}

export function stack(work, size) {
  if (size === 1) return breaker(work)
  if (size === 4) return through(new LimitStack(1000, 1000, 2))(work)
  const retry = new LimitRetry(2)
  const guard = new LimitBreaker()
  const guarded = () => guard.execute(work)
  return () => retry.execute(guarded)
}

export const manyBreakers = (count) => Array.from({ length: count }, () => new LimitBreaker())
