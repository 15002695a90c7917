// Several keys for one model, and a second provider: a key without quota gets no calls for as long as the server says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failoverPool, tiers, weighted } from 'holdfast/failover'

/** Like an inference server: each key has a quota of requests, then gets 429 with `Retry-After`. */
const quota = new Map([
  ['key-1', 2],
  ['key-2', 1],
  ['spare', 100],
])
const server = createServer((request, response) => {
  const key = (request.headers.authorization ?? '').replace('Bearer ', '')
  const left = quota.get(key) ?? 0
  quota.set(key, left - 1)
  if (left > 0) response.end(JSON.stringify({ answer: `by ${key}` }))
  else response.writeHead(429, { 'retry-after': '1' }).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat`

class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly retryAfter: number | undefined,
  ) {
    super(`HTTP ${status}`)
  }
}

const models = failoverPool(
  [
    { name: 'key-1', target: { url, key: 'key-1' }, weight: 2 },
    { name: 'key-2', target: { url, key: 'key-2' }, weight: 1 },
    { name: 'spare', target: { url, key: 'spare' }, priority: 1 }, // only when the others cannot serve
  ],
  {
    selection: tiers(weighted()),
    maxEjected: 1,
    outlier: {
      consecutiveFailures: 1,
      ejectFor: ({ error }) => ((error as HttpError).retryAfter ?? 5) * 1000,
    },
    // An invalid request is invalid everywhere: it counts against no member, and is not tried on another one.
    when: (outcome) => (outcome.ok ? false : (outcome.error as HttpError).status === 400 ? 'ignore' : true),
  },
)
models.on('eject', ({ member, until, time }) => console.log(`${member} rests for ${Math.round(until - time)} ms`))

for (let i = 0; i < 6; i++) {
  const { answer } = await models.execute(async ({ target, signal }) => {
    const response = await fetch(target.url, { signal, headers: { authorization: `Bearer ${target.key}` } })
    if (!response.ok) throw new HttpError(response.status, Number(response.headers.get('retry-after') ?? 5))
    return (await response.json()) as { answer: string }
  })
  console.log('answered', answer)
}
server.close()
