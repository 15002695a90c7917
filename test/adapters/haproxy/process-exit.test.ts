/** What of the adapter holds a process, seen from outside: each case is a process of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standIn } from './stand-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-exit-'))
const root = new URL('../../../', import.meta.url).pathname

beforeAll(async () => {
  const rooms = ['adapters/haproxy', 'adapters/nginx', 'failover']
  await build({
    stdin: {
      contents: rooms.map((room) => `export * from '${root}src/${room}/index.ts'`).join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(folder, 'rooms.mjs'),
    tsconfigRaw: {},
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What a script has printed when its process has ended by itself; `'held'` where it had to be killed. */
function run(script: string, patience = 15_000): Promise<string> {
  const imports = `import { failoverPool, haproxyAgent, haproxyRuntime, steerHaproxy, upstreamFile } from './rooms.mjs'\n`
  const child = spawn(process.execPath, ['--input-type=module', '-e', imports + script], { cwd: folder })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)))
  const late = setTimeout(() => child.kill('SIGKILL'), patience)
  return new Promise((resolve) =>
    child.once('close', (_code, signal) => {
      clearTimeout(late)
      resolve(signal === null ? printed.trim() : 'held')
    }),
  )
}

describe('a process', () => {
  it('ends beside an agent, an upstream file, and a steering whose HAProxy hangs', async () => {
    const haproxy = await standIn(() => undefined)
    const printed = await run(`
      const agent = haproxyAgent({ port: 0 })
      await agent.listen()
      const pool = failoverPool(['10.0.0.1:80'])
      const runtime = haproxyRuntime({ path: ${JSON.stringify(haproxy.path)}, timeout: '1h' })
      steerHaproxy(pool, runtime, { backend: 'api', every: '10ms' })
      upstreamFile(pool, { upstream: 'api', path: 'api.conf', reload: () => {} })
      await new Promise((resolve) => setTimeout(resolve, 300))
      console.log('done')`)
    await haproxy.close()

    expect(printed).toBe('done')
    expect(haproxy.commands).toEqual(['show servers state api'])
  })

  it('stays alive for an agent that is not in the background, until it is closed', async () => {
    const holding = `const agent = haproxyAgent({ port: 0, background: false })
      await agent.listen()`

    expect(await run(holding, 1500)).toBe('held')
    expect(await run(`${holding}\nawait agent.close()\nconsole.log('done')`)).toBe('done')
  })
})
