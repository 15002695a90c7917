/**
 * A service that answers its name, and drains at SIGTERM.
 *
 *   <name> <port> <after> <'serves' | 'refuses'>
 *
 * `refuses` answers 503 to all while it drains, for proxies that look at no endpoint. `POST /bad` and `POST /good` change
 * what its one check finds.
 */
import { createServer } from 'node:http'
import { healthEndpoints } from 'holdfast/health'
import { healthAnswer } from 'holdfast/nginx'

const [, , name = '', port, after, whileDraining] = process.argv
let good = true
const health = healthEndpoints({ checks: { work: { check: () => good, maxAge: 0 } }, serviceId: name })
const refusal = healthAnswer({ draining: () => health.draining })

const server = createServer((request, response) => {
  if (health.draining) response.setHeader('connection', 'close')
  if (request.url === '/livez') return health.live(request, response)
  if (request.url === '/readyz') return health.ready(request, response)
  if (request.url === '/startupz') return health.startup(request, response)
  if (request.method === 'POST') {
    good = request.url === '/good'
    return response.end('done\n')
  }
  if (health.draining && whileDraining === 'refuses') return refusal(request, response)
  // Some requests are always under way.
  setTimeout(() => response.end(name), 5)
})

health.drainOnSignal(process, {
  after: Number(after),
  close: () => {
    console.log('closing')
    return new Promise((resolve) => server.close(resolve))
  },
})
process.once('exit', (code) => console.log(`exit ${code} ${health.phase}`))
server.listen(Number(port), '127.0.0.1', () => console.log('listening'))
