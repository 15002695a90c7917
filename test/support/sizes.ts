/** Bytes of each entry and of the command as who uses them carries them: bundled, minified and gzipped. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { entries } from '../../entries.config.ts'
import { pageForEsbuild } from '../../page.config.ts'

export interface Sizes {
  /** The entries of the package, as `package.json` names them. */
  readonly entries: readonly string[]
  /** Of a module: with eventemitter3 and quick-lru, and without p-retry and the optional peers, which are installed beside it. */
  of(source: string): Promise<number>
  ofEntry(entry: string): Promise<number>
  /** Of the command, with all it needs. */
  ofCommand(): Promise<number>
}

/** Measures the package whose `package.json` is in `root`, a path that ends with a slash. */
export function sizesIn(root: string): Sizes {
  const { exports, peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    exports: Record<string, unknown>
    peerDependencies: Record<string, string>
  }
  const bundled = async (options: BuildOptions): Promise<number> => {
    const shared = {
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      tsconfigRaw: {},
    } as const
    const { outputFiles } = await build({ ...shared, ...options, write: false })
    return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length
  }
  const of = (contents: string): Promise<number> =>
    bundled({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      plugins: [pageForEsbuild],
      external: ['node:*', 'p-retry', ...Object.keys(peerDependencies)],
    })
  return {
    entries: Object.keys(exports).filter((entry) => entry !== './package.json'),
    of,
    ofEntry(entry) {
      const name = entry.replace(/^\.\/?/, '')
      return of(`export * from './${name === '' ? 'src/index.ts' : entries.get(name)}'`)
    },
    ofCommand: () => bundled({ entryPoints: [`${root}src/command/main.ts`], platform: 'node' }),
  }
}
