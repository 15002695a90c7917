import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { pageForEsbuild } from '../page.config.ts'
import { codeSpans, page, section, tableOf } from './house/tables.ts'

const root = new URL('../', import.meta.url).pathname
const { rows } = tableOf(section(page('docs/architecture.md'), 'Sizes'))
const { exports, peerDependencies = {} } = JSON.parse(page('package.json')) as {
  exports: Record<string, unknown>
  peerDependencies?: Record<string, string>
}
const peers = Object.keys(peerDependencies)
const entries = Object.keys(exports).filter((entry) => entry !== './package.json')

/** Bytes of an entry as an application would carry it: bundled with eventemitter3, minified, gzipped. */
async function sizeOf(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    plugins: [pageForEsbuild],
    external: ['p-retry', 'node:*', ...peers],
    tsconfigRaw: {},
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length
}

describe('the size of an entry', () => {
  it('is in the table for each of them', () => {
    const named = rows.map(([name = '']) => codeSpans(name)[0]?.replace('holdfast', '.'))

    expect(named).toEqual(entries)
  })

  it.each(
    rows.map(([name = '', limit = '']) => [codeSpans(name)[0] as string, Number(limit.replaceAll(' ', ''))] as const),
  )('%s is at most %i bytes, and not far below', async (name, limit) => {
    const room = name.replace(/^holdfast\/?/, '')
    const folder = existsSync(`${root}src/adapters/${room}/index.ts`) && room !== '' ? `adapters/${room}` : room

    const size = await sizeOf(`export * from './src/${folder}/index.ts'`)

    expect(size).toBeLessThanOrEqual(limit)
    expect(size).toBeGreaterThan(limit * 0.8)
  })

  it('is counted by what is used: one policy of the whole costs about as much as its own entry', async () => {
    const [whole, own] = await Promise.all([
      sizeOf(`import { timeout } from './src/index.ts'\nconsole.log(timeout)`),
      sizeOf(`import { timeout } from './src/timeout/index.ts'\nconsole.log(timeout)`),
    ])

    expect(whole / own).toBeLessThan(1.1)
  })
})
