/** The programs of the pages, as a module that a bundle imports: those whose lines say what they give. */
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { rooms } from '../../entries.config.ts'
import { claims, moduleOf, pages, read, type Snippet, snippetsOf } from '../support/snippets.ts'
import { root } from './bundle.ts'

const programs: ReadonlyMap<string, Snippet> = new Map(
  pages()
    .flatMap((page) => snippetsOf(page, read(page)))
    .filter(claims)
    .map((snippet) => [`${snippet.page}:${snippet.line}`, snippet] as const),
)

/** The whole and its rooms are everywhere; adapters, their libraries and Node's modules are not. */
export function portable(specifier: string): boolean {
  return specifier === 'holdfast' || (/^holdfast\//.test(specifier) && rooms.has(specifier.slice(9)))
}

/** What the program of a page imports. */
function importsOf(code: string): readonly string[] {
  return [...code.matchAll(/ from '([^']+)'/g)].map(([, specifier = '']) => specifier)
}

/** Makes the module `runtimes:documents`, of the programs that import only what `there` says is there. */
export function documents(there: (specifier: string) => boolean): Plugin {
  const chosen = [...programs].filter(([, { code }]) => importsOf(code).every(there))
  return {
    name: 'documents',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^runtimes:documents/ }, ({ path }) => ({ path, namespace: 'documents' }))
      onLoad({ filter: /^runtimes:documents$/, namespace: 'documents' }, () => ({
        contents: `export const programs = {\n${chosen.map(([name]) => `'${name}': () => import('runtimes:documents/${name}'),`).join('\n')}\n}`,
        loader: 'js',
      }))
      onLoad({ filter: /^runtimes:documents\//, namespace: 'documents' }, ({ path }) => {
        const snippet = programs.get(path.slice('runtimes:documents/'.length))
        if (snippet === undefined) return { contents: '', loader: 'ts' }
        // Imports of a program are relative to its page.
        return { contents: moduleOf(snippet), loader: 'ts', resolveDir: join(root, dirname(snippet.page)) }
      })
    },
  }
}
