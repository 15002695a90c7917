/**
 * A service of several workers, each with policies and metrics of its own, and one address for all metrics: a cluster like a
 * user's.
 *
 *   node app.cjs <port> <workers>
 *
 * The primary answers `GET /metrics`, of all workers together; `GET /own?worker=N`, of one; `GET /work?worker=N` with `good`
 * and `bad`, so many calls there that succeed and fail; `GET /end?worker=N` ends one.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { availabilityTracker, bulkhead, circuitBreaker, pipeline } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { AggregatorRegistry, Registry } from 'prom-client'

interface Task {
  readonly good: number
  readonly bad: number
}

function work(): void {
  const registry = new Registry()
  const stock = pipeline(
    'stock',
    bulkhead({ name: 'slots', limit: 7 }),
    circuitBreaker({ name: 'warehouse', consecutiveFailures: 3, openFor: '1h' }),
  )
  const tracker = availabilityTracker()
  tracker.watch(stock)
  tracker.objective({
    name: 'stock',
    target: 0.99,
    period: '30d',
    indicator: { kind: 'requests', policy: stock },
  })
  holdfastMetrics({ registry, tracker, policies: [stock], callDuration: true })
  AggregatorRegistry.setRegistries(registry)
  // Made for its side: it answers the primary.
  new AggregatorRegistry()
  const fail = () => Promise.reject(new Error('down'))
  process.on('message', async (message: { readonly task?: Task }) => {
    // Others are prom-client's.
    if (message.task === undefined) return
    for (let call = 0; call < message.task.good; call++) await stock.execute(() => 1)
    for (let call = 0; call < message.task.bad; call++) await stock.execute(fail).catch(() => {})
    process.send?.({ own: await registry.metrics() })
  })
  process.send?.('ready')
}

async function lead(port: number, count: number): Promise<void> {
  const all = new AggregatorRegistry()
  const workers = Array.from({ length: count }, () => cluster.fork())
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const told = (worker: Worker, task: Task) =>
    new Promise<string>((resolve) => {
      const hear = (message: { readonly own?: string }) => {
        if (message.own === undefined) return
        worker.off('message', hear)
        resolve(message.own)
      }
      worker.on('message', hear)
      worker.send({ task })
    })
  createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const number = (name: string) => Number(searchParams.get(name))
    const worker = workers[number('worker')] as Worker
    if (pathname === '/metrics') response.end(await all.clusterMetrics())
    else if (pathname === '/end') {
      worker.kill()
      await once(worker, 'exit')
      response.end()
    } else response.end(await told(worker, { good: number('good'), bad: number('bad') }))
  }).listen(port, '127.0.0.1')
}

if (cluster.isPrimary) await lead(Number(process.argv[2]), Number(process.argv[3]))
else work()
