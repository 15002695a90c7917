import * as holdfast from 'holdfast'
import { describe, expect, it } from 'vitest'
import { adapters, entries, rooms } from '../entries.config.ts'
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

describe('the entries', () => {
  it('are the whole, every room and every adapter', () => {
    const named = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')

    expect(named.sort()).toEqual(['.', ...all.map((room) => `./${room}`)].sort())
  })

  it.each(['.', ...all.map((room) => `./${room}`)])('%s comes as ESM and as CJS, with types for each', (entry) => {
    const name = entry === '.' ? 'index' : entry.slice(2)

    expect(manifest.exports[entry]).toEqual({
      import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
      require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
    })
  })

  it('are found by TypeScript also where it does not read `exports`', () => {
    const types = Object.fromEntries(all.map((room) => [room, [`./dist/${room}.d.ts`]]))

    expect(manifest.typesVersions).toEqual({ '*': types })
  })

  it.each([...rooms.keys()].filter((room) => room !== 'testing'))(
    '%s is part of the whole, all of it',
    async (room) => {
      const own = await open(room)

      expect(Object.keys(own)).not.toEqual([])
      for (const [name, value] of Object.entries(own)) expect((holdfast as Record<string, unknown>)[name]).toBe(value)
    },
  )

  it.each(['testing', ...adapters.keys()])('leave %s out of the whole', async (name) => {
    const own = await open(name)

    for (const exported of Object.keys(own)) expect(Object.keys(holdfast)).not.toContain(exported)
  })
})

describe('the package', () => {
  it('needs two others at run time and no more', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['eventemitter3', 'p-retry'])
  })

  it('says that it is ESM first, free of side effects, for Node 20.19 and later', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } })
  })

  it.each(['README.md', 'docs/getting-started.md'])(
    'names the least TypeScript in %s, the one CI compiles with',
    (name) => {
      const [, least] = /pack-check\.mjs (\d+\.\d+)\./.exec(page('.ci/run')) ?? []

      expect(page(name)).toContain(`TypeScript ${least} or later`)
    },
  )
})
