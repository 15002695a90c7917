// A service with health endpoints: its database fails and comes back, then the service is stopped, and drains before it closes.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { healthEndpoints } from 'holdfast/health'

let works = true
const query = async () => {
  if (!works) throw new Error('connection refused')
}

// Calls report the state of most parts; the database is checked.
const search = circuitBreaker({ name: 'search', consecutiveFailures: 1 })
const tracker = availabilityTracker()
tracker.watch(search)
const health = healthEndpoints({
  tracker,
  components: ['search'],
  checks: { database: { check: query, type: 'datastore', maxAge: 0 } },
  optional: ['search'],
  details: 'full',
})

const server = createServer((request, response) => {
  if (health.draining) response.setHeader('connection', 'close')
  if (request.url === '/livez') health.live(request, response)
  else if (request.url === '/readyz') health.ready(request, response)
  else response.end('hello')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
type Said = { status: string; notes?: string[]; checks?: Record<string, { componentId: string; status: string }[]> }
const probe = async (path: string) => {
  const response = await fetch(url + path, { headers: { connection: 'close' } })
  const { status, notes = [], checks = {} } = (await response.json()) as Said
  const parts = Object.values(checks).flat()
  console.log(path, response.status, status, ...notes, ...parts.map((part) => `${part.componentId}: ${part.status}`))
}

await search.execute(() => 'found')
await probe('/readyz')
await search.execute(() => Promise.reject(new Error('no answer'))).catch(() => {})
await probe('/readyz') // a warning: the service can work without it
works = false
await probe('/readyz')
await probe('/livez') // a restart would not help
works = true

// In a service: health.drainOnSignal(process, { after: '10s', close: …, closeWithin: '15s' })
const drained = health.drain({ after: 100, close: () => new Promise((resolve) => server.close(resolve)) })
await probe('/readyz')
console.log('still answers:', await (await fetch(url, { headers: { connection: 'close' } })).text())
await drained
console.log(health.phase)
