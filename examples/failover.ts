// Two servers, one of them broken: every call is answered, and the broken one gets no calls until it works again.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failoverPool, roundRobin } from 'holdfast/failover'

let broken = true
const start = async (name: string): Promise<{ name: string; url: string; close: () => void }> => {
  const server = createServer((_request, response) => {
    response.statusCode = name === 'b' && broken ? 500 : 200
    response.end(name)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }
}

const servers = [await start('a'), await start('b')]
const pool = failoverPool(
  servers.map(({ name, url }) => ({ name, target: url })),
  { selection: roundRobin(), outlier: { consecutiveFailures: 2, ejectFor: 50 } },
)
pool.on('eject', ({ member }) => console.log(`${member} is ejected`))
pool.on('restore', ({ member }) => console.log(`${member} is back`))

const ask = () =>
  pool.execute(async ({ target, signal }) => {
    const response = await fetch(target, { signal, headers: { connection: 'close' } })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return response.text()
  })

for (let i = 0; i < 6; i++) console.log('answered by', await ask())
broken = false
await new Promise((resolve) => setTimeout(resolve, 60))
for (let i = 0; i < 3; i++) console.log('answered by', await ask())
for (const { close } of servers) close()
