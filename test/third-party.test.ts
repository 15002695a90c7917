import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { command } from '../tsup.config.ts'
import { page } from './support/tables.ts'

const root = new URL('../', import.meta.url).pathname

/** Packages that a bundle of a program carries. */
async function carriedBy(entry: string, tsconfig: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [`${root}${entry}`],
    bundle: true,
    write: false,
    metafile: true,
    outdir: '/',
    format: 'esm',
    platform: entry.endsWith('.tsx') ? 'browser' : 'node',
    external: ['holdfast:dashboard-page'],
    tsconfig: `${root}${tsconfig}`,
  })
  const found = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  return [...new Set(found.filter((name) => name !== undefined))]
}

it('THIRD-PARTY.md names all that is bundled, and nothing else', async () => {
  const entry = (command.entry as { readonly command: string }).command
  const carried = [
    ...(await carriedBy('src/adapters/dashboard/page/main.tsx', 'src/adapters/dashboard/page/tsconfig.json')),
    ...(await carriedBy(entry, 'tsconfig.json')),
    // The CJS build has these inside, because they are ESM only.
    ...(await carriedBy('src/retry/loop.ts', 'tsconfig.json')),
    ...(await carriedBy('src/cache/lru-store.ts', 'tsconfig.json')),
  ]
  const named = [...page('THIRD-PARTY.md').matchAll(/^## (.+)$/gm)].map(([, name]) => name)

  expect(named.sort()).toEqual([...new Set(carried)].sort())
})
