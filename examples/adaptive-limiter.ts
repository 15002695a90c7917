/** A store that serves 4 queries at once, and queues more: the limiter finds that out, and refuses what would only wait. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { adaptiveLimiter } from 'holdfast/adaptive-limiter'

const capacity = 4
let inside = 0
async function query(): Promise<string> {
  inside++
  await sleep(10 * Math.max(1, inside / capacity))
  inside--
  return 'row'
}

const limiter = adaptiveLimiter({ name: 'store', initial: 40, window: { every: '20ms', samples: 5 } })
limiter.on('limit', ({ from, to }) => console.log(`limit ${from} -> ${to}`))

// A quiet time first: the limiter learns how long a query takes alone.
for (let i = 0; i < 15; i++) await limiter.execute(query)

const ends = Date.now() + 600
let refused = 0
async function client(): Promise<void> {
  while (Date.now() < ends) {
    const answer = await limiter.execute(query).catch((error) => error.code)
    if (answer === 'HF_LIMIT_REACHED') {
      refused++
      await sleep(5)
    }
  }
}
await Promise.all(Array.from({ length: 60 }, client))

console.log(`limit ${limiter.limit}, baseline ${Math.round(limiter.baseline ?? 0)} ms, ${refused} refused`)
assert(limiter.limit < 20)
assert(refused > 0)
