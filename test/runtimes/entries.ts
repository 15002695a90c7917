/**
 * Each entry of the package, as it is built, loaded by each runtime as its users load it: by `import` and `require` where
 * packages are found by their names, else bundled, as tools for workers and browsers do it.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { root } from './bundle.ts'
import { withPage } from './hosts/browser.ts'
import { run } from './hosts/process.ts'
import { serve, type Worker } from './hosts/workerd.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest

export const entries: readonly string[] = Object.keys(manifest.exports)
  .filter((entry) => !/\.json$|\*/.test(entry))
  .map((entry) => `holdfast${entry.slice(1)}`)

/** Entries that cannot load somewhere by their nature, how they fail there, and why. */
export const refused: readonly {
  readonly on: readonly string[]
  readonly entries: readonly string[]
  readonly message: RegExp
  readonly why: string
}[] = [
  {
    on: ['workerd bare', 'Chromium'],
    entries: ['dns', 'file', 'diagnostics', 'haproxy', 'nginx', 'prometheus', 'zookeeper'].map(
      (name) => `holdfast/${name}`,
    ),
    message: /No such module "node:|Failed to fetch dynamically imported module/,
    why: 'it, or the library it works with, imports modules of Node, which are not there',
  },
]

/** By entry, why it did not load; empty where it did. */
export type Loaded = Readonly<Record<string, string>>

/** A folder of a user, who has installed the package and what its adapters need. The caller removes it. */
export function userFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-user-'))
  const installed = join(folder, 'node_modules')
  mkdirSync(join(installed, 'holdfast'), { recursive: true })
  for (const part of ['package.json', 'dist'])
    cpSync(`${root}${part}`, join(installed, 'holdfast', part), { recursive: true })
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    mkdirSync(dirname(join(installed, name)), { recursive: true })
    symlinkSync(`${root}node_modules/${name}`, join(installed, name))
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "dependencies": { "holdfast": "*" } }')
  writeFileSync(join(folder, 'load.mjs'), program)
  return folder
}

const program = `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const loaded = {}
for (const entry of ${JSON.stringify(entries)}) {
  try {
    if (Object.keys(await import(entry)).length === 0) throw new Error('by import it exports nothing')
    if (Object.keys(require(entry)).length === 0) throw new Error('by require it exports nothing')
    loaded[entry] = ''
  } catch (error) {
    loaded[entry] = String(error)
  }
}
console.log('#loaded ' + JSON.stringify(loaded))
globalThis.process.exit(0)
`

/** With the package beside the program, by `import` and by `require`. */
export async function loadInProcess(command: readonly string[], folder: string, limit: number): Promise<Loaded> {
  const { stdout, stderr } = await run(command, ['load.mjs'], limit, folder)
  const [, found] = /#loaded (.*)/.exec(stdout) ?? []
  if (found !== undefined) return JSON.parse(found) as Loaded
  return Object.fromEntries(entries.map((entry) => [entry, `nothing was told: ${stderr.slice(-300)}`]))
}

/** CommonJS packages inside of a bundle ask for Node's modules by `require`, which a bundle for a worker has to import. */
const required: Plugin = {
  name: 'required',
  setup({ onResolve, onLoad }) {
    const names = new RegExp(`^(node:)?(${builtinModules.join('|')})$`)
    onResolve({ filter: names }, ({ path, kind }) => {
      const name = path.startsWith('node:') ? path : `node:${path}`
      return kind === 'require-call' ? { path: name, namespace: 'required' } : { path: name, external: true }
    })
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `import all from '${path}'\nmodule.exports = all`,
      loader: 'js',
    }))
  },
}

async function bundled(folder: string, entry: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: folder, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: [...conditions],
    plugins: [required],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** Each a module of one worker, evaluated as at the start of a worker: outside of any request. */
export async function loadInWorkerd(binary: string, worker: Worker, folder: string): Promise<Loaded> {
  const modules: Record<string, string> = {}
  for (const [index, entry] of entries.entries())
    modules[`entry-${index}`] = await bundled(folder, entry, ['workerd', 'worker'])
  const server = await serve(binary, {
    ...worker,
    main: `export default {
      async fetch(request) {
        const room = await import(new URL(request.url).pathname.slice(1))
        return new Response(Object.keys(room).length === 0 ? 'it exports nothing' : '')
      }
    }`,
    modules,
  })
  try {
    const loaded: Record<string, string> = {}
    for (const [index, entry] of entries.entries()) {
      const answer = await fetch(`${server.url}/entry-${index}`)
      loaded[entry] = answer.ok ? await answer.text() : server.said().slice(-400)
    }
    return loaded
  } finally {
    await server.close()
  }
}

export async function loadInBrowser(binary: string, folder: string): Promise<Loaded> {
  const modules: Record<string, string> = {}
  for (const [index, entry] of entries.entries())
    modules[`/entry-${index}.mjs`] = await bundled(folder, entry, ['browser'])
  return withPage(binary, modules, async (evaluate) => {
    const loaded: Record<string, string> = {}
    for (const [index, entry] of entries.entries()) {
      const code = `import('/entry-${index}.mjs').then((room) => Object.keys(room).length > 0 ? '' : 'it exports nothing', String)`
      loaded[entry] = (await evaluate(code)) as string
    }
    return loaded
  })
}
