/**
 * The public entries are those of entries.config.ts, and src/index.ts, the whole but for the adapters and testing.
 *
 * Code is split in both formats, so all entries share one core and an error class is the same in each of them.
 * p-retry and quick-lru are ESM only: the CJS build carries them, the ESM build imports them.
 */
import { readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'
import { entries } from './entries.config.ts'
import { pageForEsbuild } from './page.config.ts'

const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { peerDependencies: object }

const shared: Options = {
  entry: { index: 'src/index.ts', ...Object.fromEntries(entries) },
  target: 'es2022',
  platform: 'neutral',
  // What adapters face: Node itself, and optional peers.
  external: [/^node:/, ...Object.keys(peerDependencies)],
  esbuildPlugins: [pageForEsbuild],
  splitting: true,
  // Deno and workerd know Node's modules by their whole names alone.
  removeNodeProtocol: false,
}

/** The command carries its libraries, so that who only imports holdfast installs none of them. */
export const command: Options = {
  entry: { command: 'src/command/main.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  noExternal: [/.*/],
  // Its libraries are CommonJS, and ask for Node's own modules when they run.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
  splitting: false,
  minify: true,
  removeNodeProtocol: false,
}

const outExtension = ({ format }: { format: string }) =>
  format === 'esm' ? { js: '.js', dts: '.d.ts' } : { js: '.cjs', dts: '.d.cts' }

export default defineConfig([
  { ...shared, format: 'esm', outExtension },
  // With `treeshake` rollup writes the CommonJS; without it sucrase would, which takes `this.#policy = …` for an export `policy`.
  { ...shared, format: 'cjs', noExternal: ['p-retry', 'is-network-error', 'quick-lru'], treeshake: true, outExtension },
  // The types of both in one go: the compiler reads src once.
  { ...shared, format: ['esm', 'cjs'], dts: { only: true }, outExtension },
  command,
])
