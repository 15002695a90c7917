/** Bundles test files with the library's source and the portable parts of vitest, as one module for one kind of runtime. */
import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'
import { entries } from '../../entries.config.ts'
import { pageForEsbuild } from '../../page.config.ts'

export const root = new URL('../../', import.meta.url).pathname
export const here = `${root}test/runtimes/`

/** Where imports of the library, of vitest and of its parts lead. */
const aliases: Plugin = {
  name: 'aliases',
  setup({ onResolve }) {
    onResolve({ filter: /^holdfast(\/|$)/ }, ({ path }) => {
      const name = path.slice('holdfast/'.length)
      if (name === 'dashboard-page') return undefined
      return {
        path: `${root}${name === '' ? 'src/index.ts' : entries.get(name)}`,
      }
    })
    // The fake timers ask Node's `util` for one function.
    onResolve({ filter: /^util$/ }, ({ importer }) =>
      importer.includes('fake-timers') ? { path: `${here}portable/util.ts` } : undefined,
    )
    onResolve({ filter: /^vitest$/ }, () => ({ path: `${here}portable/vitest.ts` }))
  },
}

/** How one kind of runtime takes a bundle. */
export interface Target {
  /** What it has no module for, with what stands in its place. */
  readonly replacements?: Readonly<Record<string, string>>
  /** Whether it has Node's modules, under their old names too. */
  readonly node?: boolean
  readonly plugins?: readonly Plugin[]
}

/** CommonJS packages ask for Node's modules when they run. */
const asking = `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)`

/** The module, as text. `entry` is code in `test/runtimes`. */
export async function bundle(
  entry: string,
  { replacements = {}, node = false, plugins = [] }: Target = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: here, loader: 'ts', sourcefile: 'entry.ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
    external: ['node:*', ...(node ? builtinModules : [])],
    ...(node ? { banner: { js: asking } } : {}),
    alias: { ...replacements },
    define: { 'process.env.CI': '""', 'process.env.HOLDFAST_SEED': 'undefined' },
    // Tests ask functions and classes for their names.
    keepNames: true,
    plugins: [aliases, pageForEsbuild, ...plugins],
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
