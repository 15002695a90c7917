// `/metrics` of the running demo: the metrics of the protected client, computed at each scrape.
import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'
import { serve } from './serve.mjs'

/** Serves the metrics of a client on a port of loopback, 0 for any: `{ what, url, stop() }`. */
export async function serveMetrics({ shop, tracker }, port) {
  const registry = new Registry()
  const metrics = holdfastMetrics({ registry, tracker, policies: [shop], callDuration: true })
  const handler = async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end('only /metrics is here\n')
      return
    }
    response.setHeader('content-type', registry.contentType)
    response.end(await registry.metrics())
  }
  try {
    const { url, stop } = await serve(handler, port, '--metrics')
    const stopped = async () => {
      metrics.stop()
      await stop()
    }
    return { what: 'Metrics for Prometheus', url: `${url}metrics`, stop: stopped }
  } catch (error) {
    metrics.stop()
    throw error
  }
}
