/** Bytes of a package bundled with all it needs, minified and gzipped. */
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

const here = new URL('.', import.meta.url).pathname

function size(from) {
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
  return gzipSync(outputFiles[0].contents).length
}

export function bundle({ room = 'index' }, who) {
  const found = {}
  for (const name of ['holdfast', ...who]) {
    found[name] = { bytes: size(name === 'holdfast' ? `../../dist/${room}.js` : name) }
  }
  return found
}
