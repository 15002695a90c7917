/** Half of the attempts fail on purpose, and the retry hides that from callers. */
import assert from 'node:assert/strict'
import { chaos } from 'holdfast/chaos'
import { pipeline } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'

const flaky = chaos({ name: 'flaky', enabled: true, rate: 0.5, seed: 42 })
const stock = pipeline('stock', retry({ retries: 5, backoff: 0 }), flaky)
stock.on('call', ({ attempts, injected }) => {
  if (injected) console.log(`something was injected: ${attempts} attempts`)
})

for (let item = 0; item < 10; item++) {
  assert.equal(await stock.execute(async () => item), item)
}

console.log(`${flaky.injected} faults in 10 calls, and no caller has seen one`)
assert.ok(flaky.injected > 0)
