/** Calls that cannot make their deadline are refused before they begin, and leave the server to those that can. */
import assert from 'node:assert/strict'
import { deadlineBudget } from 'holdfast/deadline-budget'
import { pipeline } from 'holdfast/pipeline'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock()
const budget = deadlineBudget({ reserve: '10ms' })
const search = pipeline({ name: 'search', clock }, budget)
budget.on('reject', ({ policy, remaining, needed }) =>
  console.log(`${policy}: ${remaining} ms left, ${Math.round(needed)} ms needed`),
)

let begun = 0
async function find(): Promise<string> {
  begun += 1
  await clock.advance('80ms')
  return 'found'
}

// Every tenth caller waits for too short a time.
let refused = 0
for (let i = 1; i <= 100; i++) {
  const deadline = i % 10 === 0 && i > 10 ? '30ms' : '1s'
  await search.execute(find, { deadline }).catch((error) => {
    assert.equal(error.code, 'HF_DEADLINE')
    refused += 1
  })
}

console.log(`${begun} calls ran, ${refused} were refused`)
assert.equal(refused, 9)
assert.equal(begun, 91)
