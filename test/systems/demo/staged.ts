/** The demo as a user has it, in a folder of its own: its files as they are, beside a package made of src. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { pageForEsbuild } from '../../../page.config.ts'

const root = new URL('../../../', import.meta.url).pathname
const entries = { index: '', testing: 'testing/', dashboard: 'adapters/dashboard/', prometheus: 'adapters/prometheus/' }

/** Puts it into a folder; gives the path of its program. */
export async function staged(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'holdfast')
  mkdirSync(own, { recursive: true })
  await build({
    entryPoints: Object.entries(entries).map(([out, room]) => ({ in: `${root}src/${room}index.ts`, out })),
    outdir: join(own, 'dist'),
    bundle: true,
    // All entries share one core, as in the package.
    splitting: true,
    platform: 'node',
    format: 'esm',
    plugins: [pageForEsbuild],
    external: ['prom-client'],
    logLevel: 'error',
  })
  cpSync(`${root}package.json`, join(own, 'package.json'))
  symlinkSync(`${root}node_modules/prom-client`, join(modules, 'prom-client'))
  cpSync(`${root}examples/demo`, join(folder, 'demo'), { recursive: true })
  return join(folder, 'demo/main.mjs')
}
