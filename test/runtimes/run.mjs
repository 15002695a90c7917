/** Starts main.ts, which is TypeScript, in any Node: bundled into one file, in which each module still knows its own place. */
import { readFileSync, rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /(new URL\([^()]*, )import\.meta\.url/g,
        `$1'${pathToFileURL(path)}'`,
      ),
      loader: 'ts',
    }))
  },
}

const built = new URL('main.built.mjs', import.meta.url).pathname
await build({
  entryPoints: [process.env.ENTRY ?? new URL('main.ts', import.meta.url).pathname],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  plugins: [places],
  outfile: built,
  logLevel: 'warning',
})
try {
  await import(built)
} finally {
  rmSync(built)
}
