/** What of the adapter keeps a process alive, seen from outside: each case is a process of its own. */
import { describe, expect, it } from 'vitest'
import { scriptsWith } from '../own-process.ts'

const run = scriptsWith('healthEndpoints', ['adapters/health'], 'neutral')

describe('a process', () => {
  it('ends beside endpoints with signal listeners, a hanging check and a drain without close', async () => {
    const printed = await run(`
      const health = healthEndpoints({ checks: { one: () => new Promise(() => {}) }, timeout: '1h' })
      health.drainOnSignal(process)
      void health.status()
      void health.drain({ after: '1h' })
      console.log(health.phase)`)

    expect(printed).toBe('draining')
  })

  it('stays alive for a drain until close has ended', async () => {
    const drain = (after: string) => `
      const health = healthEndpoints()
      const close = () => console.log('closing')
      health.drain({ after: '${after}', close }).then(() => console.log(health.phase))`

    expect(await run(drain('1h'), 1500)).toBe('held')
    expect(await run(drain('50ms'))).toBe('closing\nclosed')
  })
})

/** A service that drains at a signal it sends itself, and a way to keep its connections busy. */
const service = (serverOf: string, options = "closeWithin: '300ms'") => `
  import http from 'node:http'
  import http2 from 'node:http2'
  import net from 'node:net'
  const health = healthEndpoints({ onFault: ({ source }) => console.log('fault', source) })
  const server = ${serverOf}
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  const close = () => new Promise((resolve) => server.close(resolve))
  health.drainOnSignal(process, { after: 0, close, ${options} })
  process.once('exit', (code) => console.log('exit', code, health.phase))
  const end = () => process.kill(process.pid, 'SIGTERM')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  let served = 0
  /** Asks again as soon as it is answered, until it cannot. */
  const ask = () => http.get({ port, agent, host: '127.0.0.1' }, (response) => {
    response.resume().once('end', () => {
      if (++served === 5) end()
      ask()
    })
  }).once('error', () => console.log('refused'))
`

describe('a process at a signal', () => {
  const slow = 'setTimeout(() => response.end("hello"), 20)'

  it('ends although a client keeps its connection busy', async () => {
    const printed = await run(`${service(`http.createServer((request, response) => ${slow})`)}; ask()`)

    expect(printed).toBe('fault close\nexit 143 closed')
  })

  it('ends by itself when such a client closes its connection on request', async () => {
    const server = `http.createServer((request, response) => {
      if (health.draining) response.setHeader('connection', 'close')
      ${slow}
    })`

    expect(await run(`${service(server, "closeWithin: '10s'")}; ask()`)).toBe('refused\nexit 0 closed')
  })

  it.each([
    ['a session of HTTP/2', 'http2.createServer()', `http2.connect('http://127.0.0.1:' + port).once('connect', end)`],
    [
      'a stream of events',
      `http.createServer((request, response) => response.write('data: 1\\n\\n'))`,
      `http.get({ port, host: '127.0.0.1' }, end)`,
    ],
    [
      'a connection that was upgraded',
      `http.createServer().on('upgrade', (request, socket) => socket.write('HTTP/1.1 101 Switching\\r\\n\\r\\n'))`,
      `net.connect(port, '127.0.0.1', function () {
        this.write('GET / HTTP/1.1\\r\\nhost: a\\r\\nconnection: upgrade\\r\\nupgrade: x\\r\\n\\r\\n')
      }).once('data', end)`,
    ],
  ])('ends although %s stays open', async (_, server, client) => {
    expect(await run(`${service(server)}; ${client}`)).toBe('fault close\nexit 143 closed')
  })

  it.each([
    ['throws', '() => { throw 1 }', 'fault close\nfault exit\nexit 143 closed'],
    ['ends well, but leaves something running', '() => {}', 'fault exit\nexit 143 closed'],
    ['never ends', '() => new Promise(() => {})', 'fault close\nexit 143 closed'],
  ])('ends although its close %s', async (_, close, expected) => {
    const script = service('http.createServer()', `close: ${close}, closeWithin: '300ms'`)

    expect(await run(`${script}; end()`)).toBe(expected)
  })
})
