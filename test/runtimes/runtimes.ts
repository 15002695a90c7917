/** The runtimes: where each is, which version, and how it runs tests and loads entries. */
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bundle, here } from './bundle.ts'
import { type Loaded, loadInBrowser, loadInProcess, loadInWorkerd } from './entries.ts'
import { browserKind, runInBrowser } from './hosts/browser.ts'
import { processKind, run, runInProcess } from './hosts/process.ts'
import type { Kind } from './hosts/program.ts'
import { bare, contextsAlone, runInWorkerd, serve, today, type Worker, workerdKind } from './hosts/workerd.ts'
import { ask } from './own/requests.ts'
import type { FileReport } from './portable/run-here.ts'

export interface Ran {
  readonly reports: readonly FileReport[]
  /** What was said by a runtime that did not come to its end. */
  readonly trouble: string
}

export interface Runtime {
  readonly name: string
  /** Undefined where it is not installed. */
  readonly binary: string | undefined
  readonly kind: Kind
  version(binary: string): Promise<string>
  test(binary: string, program: string, files: readonly string[]): Promise<Ran>
  load(binary: string, folder: string): Promise<Loaded>
  /** Tests of requests at once, where a runtime serves requests by itself. */
  requests?(binary: string): Promise<FileReport>
}

/** How long a process may take for all tests, and a worker or a page for those of one file, in ms. */
const limits = { all: 120_000, file: 60_000 }

const modules = `${here}node_modules/`

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The program that a package of a scope brings for this platform: npm installs the one that fits. */
function fromScope(scope: string, prefix: string, program: string): string | undefined {
  let packages: string[] = []
  try {
    packages = readdirSync(modules + scope)
  } catch {
    // Nothing of it is installed.
  }
  return packages
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(modules, scope, name, program))
    .find(runnable)
}

function fromPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find(runnable)
}

/** The first number of a version that its program tells. */
async function told(binary: string): Promise<string> {
  const { stdout } = await run([binary], ['--version'], 10_000)
  return /\d+(\.\d+)+|\d{4}-\d\d-\d\d/.exec(stdout)?.[0] ?? 'of unknown version'
}

function ofProcess(
  name: string,
  binary: string | undefined,
  collecting: readonly string[] = [],
  first: readonly string[] = [],
): Runtime {
  return {
    name,
    binary,
    kind: processKind,
    version: told,
    test: (program, text) => runInProcess([program, ...first, ...collecting], text, limits.all),
    load: (program, folder) => loadInProcess([program, ...first], folder, limits.all),
  }
}

function node(major: number): Runtime {
  const path = `${modules}node-${major}-${process.platform}-${process.arch}/bin/node`
  return ofProcess(`Node ${major}`, runnable(path) ? path : undefined, ['--expose-gc'])
}

function worker(name: string, settings: Worker, asked: readonly Worker[]): Runtime {
  return {
    name,
    binary: fromScope('@cloudflare', 'workerd-', 'bin/workerd'),
    kind: workerdKind,
    version: told,
    test: (binary, program, files) => runInWorkerd(binary, settings, program, files, limits.file),
    load: (binary, folder) => loadInWorkerd(binary, settings, folder),
    async requests(binary) {
      const reports: FileReport[] = []
      for (const one of asked) reports.push(await askWorker(binary, one))
      return {
        file: 'test/runtimes/own/requests.ts',
        passed: reports.reduce((sum, { passed }) => sum + passed, 0),
        failed: reports.flatMap(({ failed }) => failed),
        leftOut: [],
      }
    },
  }
}

async function askWorker(binary: string, settings: Worker): Promise<FileReport> {
  const contexts = settings !== bare
  const replacements = contexts ? {} : { 'node:async_hooks': `${here}portable/no-context.ts` }
  const main = await bundle(`export { default } from './own/requests-worker.ts'`, { replacements })
  const server = await serve(binary, { ...settings, main })
  try {
    return await ask('test/runtimes/own/requests.ts', server.url)
  } finally {
    await server.close()
  }
}

export const runtimes: readonly Runtime[] = [
  node(20),
  node(22),
  node(24),
  node(26),
  ofProcess('Bun', fromScope('@oven', 'bun-', 'bin/bun')),
  ofProcess('Deno', fromScope('@deno', '', 'deno'), ['--v8-flags=--expose-gc'], ['run', '-A', '--no-lock']),
  worker('workerd', today, [today, contextsAlone]),
  worker('workerd bare', bare, [bare]),
  {
    name: 'Chromium',
    binary: fromPath('chromium'),
    kind: browserKind,
    version: told,
    test: (binary, program, files) => runInBrowser(binary, program, files, limits.file),
    load: loadInBrowser,
  },
]
