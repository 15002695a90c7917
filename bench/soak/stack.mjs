/** The full stack under the load, and the same calls without it. */
import { availabilityTracker, bulkhead, circuitBreaker, constant, pipeline, retry, timeout } from '../../dist/index.js'

/** An attempt's limit in ms. */
export const limit = 40

const quiet = { failureRate: 1, minimumCalls: 1000, window: '10s' }

function stackOf(breaker) {
  return pipeline(
    { name: 'soak' },
    timeout('500ms'),
    retry({ retries: 2, backoff: constant(1) }),
    breaker,
    bulkhead({ limit: 5000, queue: 5000 }),
    timeout({ name: 'attempt', after: limit }),
  )
}

export function protectedCalls() {
  const admitting = stackOf(circuitBreaker({ name: 'admits', ...quiet }))
  const isolated = circuitBreaker({ name: 'refuses' })
  isolated.isolate()
  const refusing = stackOf(isolated)
  const tracker = availabilityTracker()
  tracker.watch(admitting)
  let heard = 0
  admitting.on('call', () => heard++)
  admitting.on('retry', () => heard++)
  return ({ run, refused }, signal) =>
    (refused ? refusing : admitting).execute((call) => run(call, limit), signal && { signal })
}

const refusal = new Error('refused')

/** What a service without policies would do with the same calls. */
export const bareCalls =
  () =>
  async ({ run, refused }) => {
    if (refused) throw refusal
    return await run(undefined, limit)
  }
