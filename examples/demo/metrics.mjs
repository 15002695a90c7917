// `/metrics` of the running demo: what the protected client knows, read when Prometheus asks.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'

/** Serves the metrics of a client on a port of loopback, 0 for any: `{ url, stop() }`. */
export async function serveMetrics({ shop, tracker }, port) {
  const registry = new Registry()
  const metrics = holdfastMetrics({ registry, tracker, policies: [shop], callDuration: true })
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end('only /metrics is here\n')
      return
    }
    response.setHeader('content-type', registry.contentType)
    response.end(await registry.metrics())
  })
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    metrics.stop()
    if (error.code === 'EADDRINUSE') throw new TypeError(`--metrics: port ${port} is in use`)
    throw error
  }
  return {
    url: `http://127.0.0.1:${server.address().port}/metrics`,
    async stop() {
      metrics.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
