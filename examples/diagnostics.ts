// A logger without a reference to any policy: it subscribes to channels, and receives the events of all policies in the process.
import { subscribe } from 'node:diagnostics_channel'
import { bulkhead, circuitBreaker, failoverPool, ordered, pipeline, retry } from 'holdfast'
import { channelNames, publishDiagnostics } from 'holdfast/diagnostics'

for (const name of channelNames) {
  subscribe(name, (message) => {
    const { policy, member, error } = message as { policy: string; member?: string; error?: Error }
    console.log(name, [policy, member, error?.message].filter((word) => word !== undefined).join(' | '))
  })
}

const pool = failoverPool(['eu', 'us'], {
  name: 'stock',
  selection: ordered(),
  guard: ({ name }) => circuitBreaker({ name: `to-${name}`, consecutiveFailures: 1 }),
})
const stock = pipeline('shop', retry({ retries: 1, backoff: 0 }), bulkhead({ limit: 5 }), pool)
const diagnostics = publishDiagnostics({ policies: [stock] })

await stock.execute(async ({ target }) => {
  if (target === 'eu') throw new Error('connection refused')
  return `from ${target}`
})

diagnostics.stop()
await stock.execute(async ({ target }) => console.log('nobody hears of the call to', target))
