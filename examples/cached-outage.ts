/** A cache that carries an outage: readers of a catalogue go on with what it gave last. */
import assert from 'node:assert/strict'
import { type AnyPolicy, cache, pipeline, retry, timeout } from 'holdfast'
import { simulate } from 'holdfast/testing'

const products = 200

/** What a reader puts around its calls, outside the retry. */
const readers: Readonly<Record<string, () => AnyPolicy[]>> = {
  'no cache': () => [],
  'a cache': () => [cache({ ttl: '5s' })],
  'a cache, stale if error': () => [cache({ ttl: '5s', staleIfError: '1m' })],
}

/** The service is down from second 10 to 30. Readers ask for some products more often than for others. */
async function read(policies: () => AnyPolicy[]) {
  const { series, attempts } = await simulate({
    members: [{ name: 'catalogue', latency: '20ms', faults: [{ kind: 'down', from: '10s', to: '30s' }] }],
    policy: ({ clock, random }) =>
      pipeline(
        { name: 'catalogue', clock, random },
        ...policies(),
        retry({ retries: 1, backoff: '20ms' }),
        timeout('200ms'),
      ),
    call: ({ random }) => ({ key: `product/${Math.floor(products * random() ** 3)}` }),
    rate: 200,
    duration: '45s',
  })
  return { attempts, ok: series.map(({ calls, ok }) => Math.round((100 * ok) / calls)) }
}

const lines: Record<string, number[]> = {}
for (const [name, policies] of Object.entries(readers)) {
  const { attempts, ok } = await read(policies)
  lines[name] = ok
  console.log(`${name}: ${attempts} requests, ${ok[9]} % of the calls succeed in second 9, ${ok[25]} % in second 25`)
}
/** The picture of docs/simulations.md. */
export const picture = { title: 'Calls that succeed, in %, by the second in which they began', lines }

assert.equal(lines['no cache']?.[25], 0)
assert.equal(lines['a cache']?.[25], 0)
assert.ok((lines['a cache, stale if error']?.[25] ?? 0) > 95)
