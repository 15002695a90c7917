/** What of the adapter holds a process, seen from outside: each case is a process of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-exit-'))
const root = new URL('../../../', import.meta.url).pathname

beforeAll(async () => {
  await build({
    entryPoints: [`${root}src/adapters/health/index.ts`],
    bundle: true,
    // No module of Node may be needed.
    platform: 'neutral',
    format: 'esm',
    outfile: join(folder, 'health.mjs'),
    tsconfigRaw: {},
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What a script has printed when its process has ended by itself; `'held'` where it had to be killed. */
function run(script: string, patience = 15_000): Promise<string> {
  const imports = `import { healthEndpoints } from './health.mjs'\n`
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
  it('ends beside endpoints that listen to signals, look at what hangs, and drain to close nothing', async () => {
    const printed = await run(`
      const health = healthEndpoints({ checks: { one: () => new Promise(() => {}) }, timeout: '1h' })
      health.drainOnSignal(process)
      void health.status()
      void health.drain({ after: '1h' })
      console.log(health.phase)`)

    expect(printed).toBe('draining')
  })

  it('is held by a drain until what is to be closed is', async () => {
    const drain = (after: string) => `
      const health = healthEndpoints()
      const close = () => console.log('closing')
      health.drain({ after: '${after}', close }).then(() => console.log(health.phase))`

    expect(await run(drain('1h'), 1500)).toBe('held')
    expect(await run(drain('50ms'))).toBe('closing\nclosed')
  })
})
