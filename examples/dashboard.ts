// A dashboard of a service: it is fetched as by a browser, its stream reports a change, and an operator isolates a breaker.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { dashboard } from 'holdfast/dashboard'
import { pipeline } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'

const breaker = circuitBreaker({ name: 'warehouse' })
const stock = pipeline('stock', retry(1), breaker)
const tracker = availabilityTracker()
tracker.watch(stock)

const board = dashboard({
  tracker,
  policies: [stock],
  title: 'Shop',
  every: 100,
  // In a service: ask the session. Express and Fastify put it on the request.
  control: ({ action, name }) => {
    console.log('may', action, name)
    return true
  },
})
const server = createServer((request, response) => {
  if (request.url?.startsWith('/holdfast')) board.handler(request, response)
  else response.end('hello')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/holdfast`

const page = await fetch(url)
console.log(page.status, page.headers.get('content-type'), (await page.text()).slice(0, 15))

const stream = (await fetch(`${url}?events`)).body?.pipeThrough(new TextDecoderStream()).getReader()
const event = async () => (await stream?.read())?.value ?? ''
console.log((await event()).split('\n')[1])

await stock.execute(() => 'in stock')
console.log((await event()).split('\n')[0])

const id = 'breaker:["stock",null,null,"warehouse"]'
await fetch(`${url}?control`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: new URL(url).origin },
  body: JSON.stringify({ action: 'isolate', id }),
})
console.log(breaker.state)

board.close() // releases it, and ends the stream, which would keep the server open
console.log(breaker.state)
server.close()
