/**
 * One entry a room: every folder of src with an `index.ts` is a public entry, and src/index.ts is the whole.
 *
 * Code is split in both formats, so all entries share one core and an error class is the same in each of them.
 * p-retry is ESM only: the CJS build carries it, the ESM build imports it.
 */
import { existsSync, readdirSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

const rooms = readdirSync('src').filter((name) => existsSync(`src/${name}/index.ts`))

const shared: Options = {
  entry: { index: 'src/index.ts', ...Object.fromEntries(rooms.map((room) => [room, `src/${room}/index.ts`])) },
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  dts: true,
}

export default defineConfig([
  { ...shared, format: 'esm', outExtension: () => ({ js: '.js', dts: '.d.ts' }) },
  {
    ...shared,
    format: 'cjs',
    noExternal: ['p-retry', 'is-network-error'],
    outExtension: () => ({ js: '.cjs', dts: '.d.cts' }),
  },
])
