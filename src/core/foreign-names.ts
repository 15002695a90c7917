/**
 * Names that users of other libraries (opossum, cockatiel, p-retry, Polly, resilience4j, mollitia) know an option by, and what
 * it is called here. One holds only where the factory that refuses it has our name.
 */
const theirs: Readonly<Record<string, string>> = {
  retries: 'maxRetries maxRetryAttempts retryCount retryLimit',
  backoff: 'minTimeout maxTimeout initialDelay minDelay maxDelay delay interval factor randomize jitter',
  base: 'minTimeout initialDelay minDelay delay',
  max: 'maxTimeout maxDelay',
  factor: 'exponent multiplier',
  when: 'shouldRetry retryIf retryOn isRetryable errorFilter shouldHandle isFailure',
  before: 'beforeRetry',
  openFor:
    'resetTimeout cooldown coolDown breakDuration durationOfBreak halfOpenAfter openStateDelay waitDurationInOpenState',
  failureRate: 'errorThresholdPercentage errorThreshold failureRateThreshold failureRatio',
  consecutiveFailures: 'failureThreshold maxFailures',
  minimumCalls: 'volumeThreshold minimumNumberOfCalls minimumThroughput',
  window: 'rollingCountTimeout slidingWindowSize samplingDuration',
  probes: 'permittedNumberOfCallsInHalfOpenState successThreshold',
  slowCallAfter: 'slowCallDurationThreshold',
  slowCallRate: 'slowCallRateThreshold',
  warmUp: 'allowWarmUp',
  limit: 'maxConcurrent maxConcurrentCalls maxConcurrency concurrency concurrentSize capacity maxParallelization',
  queue: 'queueSize queueCapacity maxQueue maxQueuingActions',
  maxWait: 'maxWaitDuration queueTimeout',
  after: 'ms timeout timeoutMs milliseconds timeoutDuration',
  value: 'fallback fallbackValue defaultValue',
}

/** What to say of a foreign name, where it is one. */
export function foreignName(name: string, value: unknown, known: readonly string[]): string | undefined {
  const has = (option: string): boolean => known.includes(option)
  if (has('retries') && /^(maxAttempts|attempts|tries)$/.test(name)) {
    const tries = Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 3
    return `retries counts additional calls, so ${name}: ${tries} is retries: ${tries - 1}`
  }
  if (has('openFor') && name === 'threshold') return 'it is consecutiveFailures (a count) or failureRate (0 to 1) here'
  const ours = Object.keys(theirs).find((option) => has(option) && theirs[option]?.split(' ').includes(name))
  if (ours === 'failureRate' && typeof value === 'number' && value > 1) {
    return `it is called failureRate here, and is from 0 to 1: ${value} % is ${value / 100}`
  }
  if (ours !== undefined) return `it is called ${ours} here`
  if (!has('clock')) return undefined
  if (name === 'timeout') return 'timeout() is a policy of its own, to be listed inside'
  if (name === 'maxRetryTime') return 'list a timeout() outside, which bounds the whole call'
  if (name === 'signal') return 'each call is given its own, by execute(operation, { signal })'
  return /^on[A-Z]/.test(name) ? "events are listened to by .on('…', listener)" : undefined
}
