/** One line to a good service: a pool of two shops, one of which is down, behind the standard pipeline. */
import assert from 'node:assert/strict'
import { standard } from 'holdfast/standard'

const shops: Readonly<Record<string, () => string>> = {
  north: () => {
    throw new Error('down')
  },
  south: () => '7 in stock',
}

const stock = standard({
  name: 'stock',
  total: '2s',
  attempt: '500ms',
  retry: { retries: 2, backoff: '10ms' },
  pool: { members: Object.keys(shops) },
  fallback: { value: 'unknown' },
})
console.log(stock.explain().text)
stock.on('failover', ({ from, to }) => console.log(`${from} has failed, trying ${to}`))

const found = await Promise.all(Array.from({ length: 4 }, () => stock.execute(async ({ target }) => shops[target]?.())))
console.log(found)
assert.deepEqual(found, ['7 in stock', '7 in stock', '7 in stock', '7 in stock'])

// Options that are right alone and wrong together are refused.
assert.throws(() => standard({ total: '5s' }), /attempt \(10000 ms\) must be below total \(5000 ms\)/)
