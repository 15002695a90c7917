/** A dependency fails, gets no calls for a while, and a single probe finds it healthy again. */
import assert from 'node:assert/strict'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock() // time moves only by `advance`, so the example does not wait
const breaker = circuitBreaker({ name: 'payments', consecutiveFailures: 3, openFor: '10s', clock })
breaker.on('open', ({ policy, cause, until }) => console.log(`${policy} opened (${cause}) until ${until} ms`))
breaker.on('halfOpen', () => console.log('one call may try'))
breaker.on('close', () => console.log('closed again'))

let healthy = false
let invoked = 0
async function pay(): Promise<string> {
  invoked += 1
  if (!healthy) throw new Error('connection refused')
  return 'paid'
}

const results: string[] = []
async function attempt(): Promise<void> {
  const result = await breaker.execute(pay).catch((error: Error & { code?: string }) => error.code ?? error.message)
  results.push(result)
}

for (let i = 0; i < 5; i += 1) await attempt()
healthy = true
await clock.advance('10s')
await attempt()

console.log(results.join(', '))
assert.deepEqual(results.slice(2), ['connection refused', 'HF_CIRCUIT_OPEN', 'HF_CIRCUIT_OPEN', 'paid'])
assert.equal(invoked, 4)
assert.equal(breaker.state, 'closed')
