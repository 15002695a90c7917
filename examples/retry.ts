/** A server sends `retry-after`: the wait is at least that long. Any other bad status is a failure. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exponential, retry } from 'holdfast/retry'

class Busy extends Error {
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('busy')
    this.retryAfter = retryAfter
  }
}

let requests = 0
const server = createServer((_request, response) => {
  requests += 1
  if (requests === 1) response.writeHead(429, { 'retry-after': '0.03' })
  response.end('welcome')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

const patient = retry({
  retries: 2,
  backoff: exponential({ base: '1ms' }),
  retryAfter: (outcome) => (!outcome.ok && outcome.error instanceof Busy ? outcome.error.retryAfter : undefined),
})
const delays: number[] = []
patient.on('retry', ({ delay, error }) => {
  delays.push(delay)
  console.log(`${error}: waiting ${Math.round(delay)} ms`)
})

const answer = await patient.execute(async ({ signal, attempt }) => {
  console.log(`attempt ${attempt}`)
  const response = await fetch(url, { signal })
  if (response.status === 429) throw new Busy(Number(response.headers.get('retry-after')) * 1000)
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.text()
})
server.close()

console.log(answer)
assert.equal(answer, 'welcome')
assert.deepEqual(delays, [30])
