/** A price stays readable while its service is down: fresh from memory, then stale in place of the error. */
import assert from 'node:assert/strict'
import { cache } from 'holdfast/cache'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { pipeline } from 'holdfast/pipeline'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock()
const prices = pipeline(
  { name: 'prices', clock },
  cache({ ttl: '30s', staleWhileRevalidate: '10s', staleIfError: '1h' }),
  circuitBreaker({ consecutiveFailures: 2, openFor: '1m' }),
)
prices.on('stale', ({ key, age, reason }) => console.log(`${key}: ${age / 1000} s old (${reason})`))
prices.on('open', () => console.log('the circuit is open'))

let down = false
let asked = 0
async function ask(): Promise<number> {
  asked += 1
  if (down) throw new Error('down')
  return 100 + asked
}

const seen: number[] = []
const read = async () => seen.push(await prices.execute(ask, { key: 'sku/1' }))

await read()
await read()
await clock.advance('35s')
await read()
await clock.advance(0)
await read()
down = true
for (let minute = 0; minute < 5; minute++) {
  await clock.advance('1m')
  await read()
}

console.log(`${seen.length} reads, ${asked} questions: ${seen.join(' ')}`)
assert.deepEqual(seen, [101, 101, 101, 102, 102, 102, 102, 102, 102])
assert.ok(asked < 8)
