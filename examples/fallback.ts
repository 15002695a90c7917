/** The latest good answer replaces one that is not available. */
import assert from 'node:assert/strict'
import { fallback } from 'holdfast/fallback'

let remembered: number | undefined
const rate = fallback({
  name: 'rate',
  value: ({ error }) => {
    if (remembered === undefined) throw error // no value yet: the caller gets the error itself
    return remembered
  },
})
rate.on('fallback', ({ error }) => console.log(`using the rate of before: ${error}`))

const script = [() => 1.08, () => Promise.reject(new Error('no route to host')), () => 1.09]
const seen: (number | undefined)[] = []
for (const load of script) {
  const current = await rate.execute(async () => {
    remembered = await load()
    return remembered
  })
  seen.push(current)
}

console.log(seen.join(', '))
assert.deepEqual(seen, [1.08, 1.08, 1.09])
