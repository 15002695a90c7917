/**
 * A small HTTP server in a process of its own, for faults over real processes.
 *
 *   node backend.mjs <name> <port>
 *
 * Answers its name. `POST /mode` with one of these bodies changes how: `ok`; `fail` answers 500 at once; `slow <ms>` waits;
 * `reset` ends each connection unanswered; `flap <ms>` is good and bad by turns. `GET /health` answers as `/` does.
 * `GET /count` tells how many requests came, and `POST /count` sets that to 0; neither is counted.
 */
import { createServer } from 'node:http'

const [, , name = 'x', port = '0'] = process.argv
let mode = 'ok'
let since = performance.now()
let count = 0

function read(request) {
  return new Promise((resolve) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => resolve(body.trim()))
  })
}

function present() {
  const [kind, ms] = mode.split(' ')
  if (kind !== 'flap') return mode
  return Math.floor((performance.now() - since) / Number(ms)) % 2 === 0 ? 'ok' : 'fail'
}

const server = createServer(async (request, response) => {
  if (request.url === '/mode') {
    mode = await read(request)
    since = performance.now()
    response.end('done\n')
    return
  }
  if (request.url === '/count') {
    response.end(String(count))
    if (request.method === 'POST') count = 0
    return
  }
  if (request.url !== '/health') count++
  const [kind, ms] = present().split(' ')
  if (kind === 'reset') {
    request.socket.resetAndDestroy()
    return
  }
  if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, Number(ms)))
  response.statusCode = kind === 'fail' ? 500 : 200
  response.setHeader('content-type', 'text/plain')
  response.end(name)
})
server.keepAliveTimeout = 60_000
server.listen(Number(port), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
