/** What of the adapters keeps a process alive, seen from outside: each case is a process of its own. */
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { scriptsWith } from '../own-process.ts'
import { standIn } from './stand-in.ts'

const run = scriptsWith('failoverPool, haproxyAgent, haproxyRuntime, steerHaproxy, upstreamFile', [
  'adapters/haproxy',
  'adapters/nginx',
  'failover',
])

describe('a process', () => {
  it('ends beside an agent, an upstream file, and a steering whose HAProxy hangs', async () => {
    const waiting: Socket[] = []
    const haproxy = await standIn((command, socket) => {
      if (command === 'wait') waiting.push(socket)
      else for (const each of waiting) each.end('asked')
      return undefined
    })
    const path = JSON.stringify(haproxy.path)
    const printed = await run(`
      import { once } from 'node:events'
      import { connect } from 'node:net'
      const asked = connect(${path})
      asked.write('wait\\n')
      const agent = haproxyAgent({ port: 0 })
      await agent.listen()
      const pool = failoverPool(['10.0.0.1:80'])
      const runtime = haproxyRuntime({ path: ${path}, timeout: '1h' })
      steerHaproxy(pool, runtime, { backend: 'api', every: '10ms' })
      upstreamFile(pool, { upstream: 'api', path: 'api.conf', reload: () => {} })
      await once(asked, 'data')
      // Three polls more, none of which may ask again.
      await new Promise((resolve) => setTimeout(resolve, 30))
      console.log('done')`)
    await haproxy.close()

    expect(printed).toBe('done')
    expect(haproxy.commands).toEqual(['wait', 'show servers state api'])
  })

  it('stays alive for an agent that is not in the background, until it is closed', async () => {
    const holding = `const agent = haproxyAgent({ port: 0, background: false })
      await agent.listen()`

    expect(await run(holding, 1500)).toBe('held')
    expect(await run(`${holding}\nawait agent.close()\nconsole.log('done')`)).toBe('done')
  })
})
