/** One breaker for each host: a host that is down does not stop calls to the others. */
import assert from 'node:assert/strict'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { keyed } from 'holdfast/keyed'

const hosts = keyed((host) => circuitBreaker({ name: host, consecutiveFailures: 2 }), { max: 1000, idle: '10m' })
hosts.on('open', ({ key }) => console.log(`${key} is down`))

const ask = (host: string) =>
  hosts.execute(
    async () => {
      if (host === 'b.example') throw new Error('no route to host')
      return `an answer of ${host}`
    },
    { key: host },
  )

for (let round = 0; round < 3; round++) {
  assert.equal(await ask('a.example'), 'an answer of a.example')
  await ask('b.example').catch((error) => console.log(String(error)))
}

assert.deepEqual(
  hosts.entries().map(([host, breaker]) => [host, breaker.state]),
  [
    ['a.example', 'closed'],
    ['b.example', 'open'],
  ],
)
