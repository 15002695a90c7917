/** Two calls run, two wait in the queue, the fifth is rejected at once. */
import assert from 'node:assert/strict'
import { bulkhead } from 'holdfast/bulkhead'

const reports = bulkhead({ name: 'reports', limit: 2, queue: 2 })
reports.on('enqueue', ({ queued }) => console.log(`${queued} waiting`))
reports.on('reject', ({ policy, reason }) => console.log(`${policy}: refused, ${reason}`))

let running = 0
let most = 0
async function render(page: number): Promise<string> {
  running += 1
  most = Math.max(most, running)
  await new Promise((resolve) => setImmediate(resolve))
  running -= 1
  return `page ${page}`
}

const results = await Promise.allSettled([1, 2, 3, 4, 5].map((page) => reports.execute(() => render(page))))
const shown = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code))

console.log(shown.join(', '))
assert.deepEqual(shown, ['page 1', 'page 2', 'page 3', 'page 4', 'HF_BULKHEAD_FULL'])
assert.equal(most, 2)
