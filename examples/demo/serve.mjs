// A server on loopback, for the live page and the metrics of the demo.
import { once } from 'node:events'
import { createServer } from 'node:http'

/** Serves on a port, 0 for any: `{ url, stop() }`. A port that is taken is the user's mistake in `option`. */
export async function serve(handler, port, option) {
  const server = createServer(handler)
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error.code === 'EADDRINUSE') throw new TypeError(`${option}: port ${port} is in use`)
    throw error
  }
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
