import * as holdfast from 'holdfast'
import { describe, expect, it } from 'vitest'
import { adapters, entries, parts, rooms } from '../entries.config.ts'
import { page } from './support/tables.ts'

interface Manifest {
  readonly name: string
  readonly type: string
  readonly sideEffects: boolean
  readonly engines: { readonly node: string }
  readonly exports: Readonly<Record<string, unknown>>
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly dependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(page('package.json')) as Manifest
const all = [...entries.keys()]
const open = (name: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ new URL(`../${entries.get(name)}`, import.meta.url).href)

describe('the entry points', () => {
  it('are holdfast itself, every module and every adapter', () => {
    const named = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')

    expect(named.sort()).toEqual(['.', ...all.map((room) => `./${room}`)].sort())
  })

  it.each(['.', ...all.map((room) => `./${room}`)])('%s is built as ESM and as CJS, with types for each', (entry) => {
    const name = entry === '.' ? 'index' : entry.slice(2)

    expect(manifest.exports[entry]).toEqual({
      import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
      require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
    })
  })

  it('have types for TypeScript versions that do not read `exports`', () => {
    const types = Object.fromEntries(all.map((room) => [room, [`./dist/${room}.d.ts`]]))

    expect(manifest.typesVersions).toEqual({ '*': types })
  })

  it.each([...rooms.keys()].filter((room) => room !== 'testing'))(
    '%s is exported completely by holdfast itself',
    async (room) => {
      const own = await open(room)

      expect(Object.keys(own)).not.toEqual([])
      for (const [name, value] of Object.entries(own)) expect((holdfast as Record<string, unknown>)[name]).toBe(value)
    },
  )

  it.each(['testing', ...adapters.keys()])('%s is not exported by holdfast itself', async (name) => {
    const own = await open(name)

    for (const exported of Object.keys(own)) expect(Object.keys(holdfast)).not.toContain(exported)
  })

  it.each([...parts.keys()])('%s is a part of an entry of that name, and exports something', async (name) => {
    expect(rooms.has(name.slice(0, name.indexOf('/')))).toBe(true)
    expect(Object.keys(await open(name))).not.toEqual([])
  })
})

describe('the package', () => {
  it('has three run-time dependencies', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['eventemitter3', 'p-retry', 'quick-lru'])
  })

  it('declares ESM, no side effects, and Node 20.19 or later', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } })
  })

  it.each(['README.md', 'docs/getting-started.md'])(
    'names in %s the oldest TypeScript that CI compiles with',
    (name) => {
      const [, least] = /pack-check\.mjs (\d+\.\d+)\./.exec(page('.ci/run')) ?? []

      expect(page(name)).toContain(`TypeScript ${least} or later`)
    },
  )
})
