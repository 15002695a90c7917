/** A pipeline around a call over HTTP: the server fails twice, the caller sees one good answer. It explains its worst case first. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bulkhead, circuitBreaker, exponential, pipeline, retry, timeout } from 'holdfast'

let requests = 0
const server = createServer((_request, response) => {
  requests += 1
  response.statusCode = requests <= 2 ? 503 : 200
  response.end('12 in stock')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

const inventory = pipeline(
  { name: 'inventory', strict: true }, // throws where explain() would warn
  timeout('3s'), // the whole call
  retry({ retries: 3, backoff: exponential({ base: '5ms' }), budget: true }),
  bulkhead({ limit: 20, queue: 50 }),
  circuitBreaker({ failureRate: 0.5, window: '30s' }),
  timeout('800ms'), // each attempt
)
inventory.on('retry', ({ attempt, delay }) => console.log(`attempt ${attempt} failed, waiting ${Math.round(delay)} ms`))

async function stock(signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return response.text()
}

const answer = await inventory.execute(({ signal }) => stock(signal))
server.close()

console.log(answer, `after ${requests} requests`)
const { text, worstLatency, worstAttempts } = inventory.explain()
console.log(text)
assert.equal(worstLatency, 3000)
assert.equal(worstAttempts, 4)
assert.equal(answer, '12 in stock')
assert.equal(requests, 3)
