/** p-retry, every option named: it is many times slower where a key is missing. */
import pRetry from 'p-retry'

const options = {
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

export const retrying = (work) => () => pRetry(work, options)
export const failingTwice = (flaky) => () => pRetry(flaky(), options)
