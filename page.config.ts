/**
 * Builds the page of the dashboard: one document with its style and its program, so that the library serves it without files
 * beside it. Whoever bundles or runs `src` (tsup, vitest, tests of size) does it through one of these plugins.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { build, type Plugin } from 'esbuild'

const name = 'holdfast:dashboard-page'
const folder = new URL('src/adapters/dashboard/page/', import.meta.url).pathname

let built: Promise<string> | undefined

/** The module as text. */
function pageModule(): Promise<string> {
  built ??= build({
    entryPoints: [`${folder}main.tsx`],
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: 'iife',
    target: 'es2022',
    legalComments: 'inline',
    tsconfig: `${folder}tsconfig.json`,
  }).then(({ outputFiles }) => {
    const [style = '', program = ''] = ['.css', '.js'].map(
      (ending) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '',
    )
    const html = readFileSync(`${folder}page.html`, 'utf8')
      .replace('/* style */', () => style)
      .replace('/* program */', () => program)
    const policy = `script-src ${hashOf(program)}; style-src ${hashOf(style)}`
    return `export const page = ${JSON.stringify({ html, policy })}`
  })
  return built
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** For esbuild and tsup. */
export const pageForEsbuild: Plugin = {
  name: 'dashboard-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^holdfast:dashboard-page$/ }, () => ({ path: name, namespace: 'dashboard-page' }))
    onLoad({ filter: /.*/, namespace: 'dashboard-page' }, async () => ({ contents: await pageModule() }))
  },
}

/** For vitest. */
export const pageForVite = {
  name: 'dashboard-page',
  resolveId: (id: string) => (id === name ? `\0${name}` : undefined),
  load: (id: string) => (id === `\0${name}` ? pageModule() : undefined),
}
