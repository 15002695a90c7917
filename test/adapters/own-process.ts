/** Runs scripts in a process of their own, to see from outside what keeps a process alive. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

/** What a script printed, when its process has ended by itself; `'held'` if it had to be killed after `patience` ms. */
export type RunScript = (script: string, patience?: number) => Promise<string>

/**
 * Bundles folders of `src` for the tests of a file, and returns a function that runs scripts which import `names` from them.
 * On the platform `neutral` the bundle must need no module of Node.
 */
export function scriptsWith(
  names: string,
  folders: readonly string[],
  platform: 'node' | 'neutral' = 'node',
): RunScript {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-exit-'))
  beforeAll(async () => {
    await build({
      stdin: {
        contents: folders.map((each) => `export * from '${root}src/${each}/index.ts'`).join('\n'),
        resolveDir: root,
        loader: 'ts',
      },
      bundle: true,
      platform,
      format: 'esm',
      outfile: join(folder, 'bundle.mjs'),
      tsconfigRaw: {},
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  return (script, patience = 15_000) => {
    const code = `import { ${names} } from './bundle.mjs'\n${script}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })
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
}
