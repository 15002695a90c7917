/** A dependency is down: with a budget its load grows by a fifth, without one it triples. Then it recovers. */
import assert from 'node:assert/strict'
import { retry } from 'holdfast/retry'
import { retryBudget } from 'holdfast/retry-budget'

const calls = 200

/** How many requests the dependency gets from `calls` calls while it is down. */
async function loadOf(policy: ReturnType<typeof retry>): Promise<number> {
  let requests = 0
  const call = () =>
    policy
      .execute(() => {
        requests += 1
        throw new Error('down')
      })
      .catch(() => undefined)
  await Promise.all(Array.from({ length: calls }, call))
  return requests
}

const budget = retryBudget.ratio({ ratio: 0.2, minPerSecond: 1 })
budget.on('exhausted', ({ policy }) => console.log(`${policy} is exhausted`))

const without = await loadOf(retry({ retries: 2, backoff: 1 }))
const within = await loadOf(retry({ retries: 2, backoff: 1, budget }))
console.log(`${calls} calls: ${without} requests without a budget, ${within} with one`)
assert.equal(without, 600)
// 200 calls deposit 40 retries, and the floor of 1 a second has saved up 10.
assert.ok(within >= 240 && within <= 252)

const recovered = await retry({ retries: 2, backoff: 1, budget }).execute(() => 'welcome back')
console.log(recovered, budget.snapshot())
assert.equal(recovered, 'welcome back')
