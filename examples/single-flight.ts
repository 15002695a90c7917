/** Three callers ask for one key at once: one read serves all, also after the first caller has left. */
import assert from 'node:assert/strict'
import { singleFlight } from 'holdfast/single-flight'

const profiles = singleFlight({ name: 'profiles', maxAge: '5s' })
profiles.on('lead', ({ key }) => console.log(`reads ${key}`))
profiles.on('join', ({ key, waiting }) => console.log(`${waiting} wait for ${key}`))

let reads = 0
async function read(): Promise<string> {
  reads += 1
  await new Promise((resolve) => setImmediate(resolve))
  return 'Ada'
}

const caller = new AbortController()
const calls = [{ signal: caller.signal }, {}, {}].map((options) =>
  profiles.execute(read, { ...options, key: 'user/1' }),
)
caller.abort(new Error('the page was closed'))

const results = await Promise.allSettled(calls)
const shown = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message))

console.log(shown.join(', '))
assert.deepEqual(shown, ['the page was closed', 'Ada', 'Ada'])
assert.equal(reads, 1)
