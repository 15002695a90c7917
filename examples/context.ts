/** A deadline that travels: each service gets what its caller has left, and a request that cannot make it is not sent. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isHoldfastError } from 'holdfast'
import { currentCall, readDeadline, runWithCall, writeDeadline } from 'holdfast/context'
import { pipeline } from 'holdfast/pipeline'

let received = 0
const stock = createServer((request, response) => {
  received += 1
  response.end(String(readDeadline(request.headers)))
})
stock.listen(0, '127.0.0.1')
await new Promise((resolve) => stock.once('listening', resolve))
const url = `http://127.0.0.1:${(stock.address() as AddressInfo).port}`

const upstream = pipeline({ name: 'stock', inherit: true })

/** It gets no deadline as a parameter. */
async function load(workMs: number): Promise<number> {
  await sleep(workMs)
  return await upstream.execute(async (call) => {
    const response = await fetch(url, { headers: writeDeadline(new Headers(), call) })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return Number(await response.text())
  })
}

const [had, sent] = await runWithCall({ deadline: '2s' }, async () => [currentCall()?.remaining ?? 0, await load(50)])
console.log(`the first service had ${Math.round(had as number)} ms, the second one ${sent} ms`)
assert.ok((sent as number) <= (had as number) - 50)

const refused = await runWithCall({ deadline: 20 }, () => load(50)).catch((error) => error)
console.log(`too slow: ${isHoldfastError(refused) ? refused.code : refused}, requests received: ${received}`)
assert.equal(received, 1)

stock.close()
stock.closeAllConnections()
