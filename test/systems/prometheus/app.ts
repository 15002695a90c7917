/**
 * A service with holdfast under traffic of its own, for Prometheus to scrape: a process like a user's.
 *
 *   node app.cjs <port>
 *
 * `GET /metrics` for Prometheus; `POST /mode` with `ok` or `fail` says how what it calls does from now on; `GET /report` with
 * `from` and `to`, in ms since the epoch, is what the tracker reports of that window.
 */
import { createServer } from 'node:http'
import {
  adaptiveLimiter,
  availabilityTracker,
  bulkhead,
  cache,
  circuitBreaker,
  deadlineBudget,
  failoverPool,
  fallback,
  hedge,
  pipeline,
  rateLimiter,
  retry,
  singleFlight,
  throttle,
  timeout,
} from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'

let mode = 'ok'
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const checkout = pipeline(
  'checkout',
  retry({ retries: 1, backoff: 20 }),
  bulkhead({ name: 'slots', limit: 10 }),
  circuitBreaker({ name: 'payments', consecutiveFailures: 5, openFor: '150ms' }),
  timeout('1s'),
)
const search = pipeline('search', fallback({ value: [] as string[] }), timeout('15ms'))
const pool = failoverPool(['a', 'b', 'c'], {
  name: 'api',
  guard: () => circuitBreaker({ name: 'guard' }),
  outlier: { consecutiveFailures: 3, ejectFor: '1s' },
})

const catalogue = pipeline(
  'catalogue',
  cache({ ttl: '50ms', staleIfError: '1s' }),
  singleFlight(),
  rateLimiter(1000),
  throttle(),
  deadlineBudget(),
  hedge('5ms'),
  adaptiveLimiter(),
)

const registry = new Registry()
const tracker = availabilityTracker()
tracker.watch(checkout)
tracker.watch(pool)
tracker.objective({
  name: 'checkout',
  target: 0.99,
  period: '30d',
  indicator: { kind: 'requests', policy: checkout },
})
holdfastMetrics({ registry, tracker, policies: [checkout, search, catalogue, pool], callDuration: true })

let call = 0
setInterval(() => {
  call++
  // One in twenty fails once, and a retry saves it.
  let tries = 0
  const flaky = call % 20 === 0
  const pay = async () => {
    await later(2)
    if (mode === 'fail' || (flaky && ++tries === 1)) throw new Error('down')
  }
  void checkout.execute(pay).catch(() => {})
  if (call % 5 === 0) void search.execute(() => later(call % 10 === 0 ? 50 : 1))
  const read = async () => {
    await later(call % 10 === 0 ? 20 : 1)
    if (mode === 'fail') throw new Error('down')
  }
  for (const key of ['a', 'a', 'b']) void catalogue.execute(read, { key }).catch(() => {})
  void pool.execute(async ({ target }) => {
    await later(1)
    if (mode === 'fail' && target === 'a') throw new Error('down')
  })
}, 10)

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/mode') {
    let body = ''
    for await (const data of request) body += String(data)
    mode = body.trim()
    response.end('done\n')
  } else if (url.pathname === '/report') {
    const at = (name: string) => new Date(Number(url.searchParams.get(name)))
    const report = tracker.report({ component: 'checkout', window: { from: at('from'), to: at('to') } })
    const { availability, uptime, downtime, failures } = report
    response.end(JSON.stringify({ availability, uptime, downtime, failures }))
  } else {
    response.setHeader('content-type', registry.contentType)
    response.end(await registry.metrics())
  }
}).listen(Number(process.argv[2]), '127.0.0.1')
