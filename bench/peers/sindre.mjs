/** p-timeout around p-retry around p-limit: what many services put together by hand. No breaker in it. */
import pLimit from 'p-limit'
import pRetry from 'p-retry'
import pTimeout from 'p-timeout'

const retries = {
  retries: 2,
  factor: 1,
  minTimeout: 0,
  maxTimeout: 0,
  randomize: false,
  maxRetryTime: Number.POSITIVE_INFINITY,
  onFailedAttempt: () => {},
  shouldRetry: () => true,
  shouldConsumeRetry: () => true,
  unref: false,
  signal: undefined,
}

export function stack(work) {
  const slots = pLimit(1000)
  const inside = () => slots(work)
  return () => pTimeout(pRetry(inside, retries), { milliseconds: 1000 })
}
