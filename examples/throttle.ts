/** A server that refuses most requests gets a tenth of them, and all of them again once it has recovered. */
import assert from 'node:assert/strict'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { throttle } from 'holdfast/throttle'

const clock = virtualClock()
const search = throttle({ name: 'search', clock, random: seededRandom(7) })
search.on('change', ({ policy, from }) =>
  console.log(from === 0 ? `${policy}: sends less` : `${policy}: sends all again`),
)

let overloaded = true
let received = 0
async function answer(): Promise<string> {
  received += 1
  if (overloaded) throw Object.assign(new Error('busy'), { status: 503 })
  return 'found'
}

async function minute(): Promise<number> {
  received = 0
  for (let i = 0; i < 600; i++) {
    await search.execute(answer).catch(() => undefined)
    await clock.advance('100ms')
  }
  return received / 600
}

const during = await minute()
overloaded = false
await minute()
const after = await minute()

console.log(`sent during the overload: ${Math.round(during * 100)} %, a minute after it: ${Math.round(after * 100)} %`)
assert.ok(during < 0.2)
assert.ok(after > 0.99)
