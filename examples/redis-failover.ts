// Reads go to a replica, and to the primary if it fails: two real Redis servers, one of them killed during the run.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { failoverPool, ordered } from 'holdfast/failover'
import { pipeline } from 'holdfast/pipeline'
import { timeout } from 'holdfast/timeout'
import { Redis } from 'ioredis'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
const folder = mkdtempSync('/tmp/holdfast-redis-')
const start = (port: number, ...more: string[]) =>
  spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...more])

const [first, second] = [await freePort(), await freePort()]
const primaryServer = start(first, '--repl-diskless-sync-delay', '0')
const installed = await new Promise((resolve) =>
  primaryServer.once('spawn', () => resolve(true)).once('error', () => resolve(false)),
)
if (installed) {
  const replicaServer = start(second, '--replicaof', `127.0.0.1 ${first}`)
  // The client must fail fast: the pool does the retries.
  const client = (port: number) =>
    new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: false }).on(
      'error',
      () => {},
    )
  const [primary, replica] = [client(first), client(second)]
  const reads = pipeline(
    failoverPool(
      [
        { name: 'replica', target: replica },
        { name: 'primary', target: primary },
      ],
      { selection: ordered(), outlier: { consecutiveFailures: 2, ejectFor: '1s' } },
    ).on('failover', ({ from, to }) => console.log(`${from} fails, ${to} follows`)),
    timeout('500ms'), // finds one that hangs too
  )
  const read = () => reads.execute(async ({ target, member }) => `${await target.get('greeting')}, says the ${member}`)

  while ((await primary.set('greeting', 'hello').catch(() => '')) !== 'OK')
    await new Promise((go) => setTimeout(go, 50))
  while ((await replica.get('greeting').catch(() => '')) !== 'hello') await new Promise((go) => setTimeout(go, 50))
  console.log(await read())
  replicaServer.kill('SIGKILL')
  for (let i = 0; i < 4; i++) console.log(await read())
  primary.disconnect()
  replica.disconnect()
  primaryServer.kill()
  await new Promise((resolve) => primaryServer.once('exit', resolve))
} else console.log('redis-server is not installed')
rmSync(folder, { recursive: true, force: true })
