/** The caller waits 30 ms and no longer; the request is aborted by its signal. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isHoldfastError } from 'holdfast'
import { timeout } from 'holdfast/timeout'

const server = createServer((request) => {
  request.socket.on('close', () => console.log('the server saw the connection go'))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

const quick = timeout({ after: '30ms', name: 'quick' })
quick.on('timeout', ({ policy, after }) => console.log(`${policy}: gave up after ${after} ms`))

const answered = quick.execute(async ({ signal }) => {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.text()
})
const error: unknown = await answered.catch((thrown: unknown) => thrown)

console.log(String(error))
assert.ok(isHoldfastError(error))
assert.equal(error.code, 'HF_TIMEOUT')
server.closeAllConnections()
await new Promise((resolve) => server.close(resolve))
