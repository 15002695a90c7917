/** A test of your own code: hours of waiting pass in a moment, and every event is recorded. */
import assert from 'node:assert/strict'
import { exponential, pipeline, retry, timeout } from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'

const clock = virtualClock()
const nightly = pipeline(
  { name: 'nightly', clock, random: seededRandom(7) },
  retry({ retries: 3, backoff: exponential({ base: '1h', max: '1d', jitter: 'none' }) }),
  timeout('10m'),
)
const { names } = recorder(nightly)

// Fails, hangs, then works.
const job = scripted<string>(new Error('refused'), { hang: true }, 'done')
const result = await clock.settle(nightly.execute(job))

console.log(result, `after ${clock.now() / 60_000} minutes`)
console.log(names.join(' > '))
assert.equal(result, 'done')
assert.equal(clock.now(), (60 + 10 + 120) * 60_000)
assert.deepEqual(names, ['retry', 'timeout', 'retry', 'call'])
assert.equal(job.calls.length, 3)
assert.equal(clock.pending, 0)
