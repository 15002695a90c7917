/** Bytes of a package bundled with all it needs, minified and gzipped. */
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

function size(from: string, here: string): number {
  const { outputFiles } = buildSync({
    // The namespace as a value keeps all of it.
    stdin: { contents: `import * as all from '${from}'; globalThis.all = all`, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    logLevel: 'silent',
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length
}

/** Packages as they are installed in the folder `here`, the smallest first. */
export function peerSizes(here: string, who: readonly string[]): [string, number][] {
  const found = who.map((name): [string, number] => [name, size(name, here)])
  return found.sort(([, a], [, b]) => a - b)
}
