/** A store that answers one read in twenty slowly: a hedge asks a second time, and most slow reads become fast ones. */
import assert from 'node:assert/strict'
import { hedge } from 'holdfast/hedge'
import { seededRandom } from 'holdfast/testing'

const random = seededRandom(3)

/** Reads are idempotent, so a hedge may ask twice. */
async function read({ signal }: { readonly signal: AbortSignal }): Promise<string> {
  const takes = random() < 0.05 ? 300 : 5
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, takes, 'value')
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

async function slowest(run: () => Promise<unknown>): Promise<number> {
  let longest = 0
  for (let call = 0; call < 60; call++) {
    const start = performance.now()
    await run()
    longest = Math.max(longest, performance.now() - start)
  }
  return longest
}

const never = new AbortController()
const store = hedge({ name: 'store', after: '20ms', budget: Number.POSITIVE_INFINITY, idempotent: true })
store.on('win', ({ policy, attempt }) => console.log(`${policy}: attempt ${attempt} was faster`))

const alone = await slowest(() => read({ signal: never.signal }))
const hedged = await slowest(() => store.execute(read))
const { calls, sent } = store.snapshot()
console.log(`slowest of 60: ${Math.round(alone)} ms, hedged: ${Math.round(hedged)} ms, with ${sent} more reads`)

assert.ok(alone >= 290)
assert.ok(sent < calls / 4)
