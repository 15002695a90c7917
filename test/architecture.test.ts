import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  brokenArrows,
  cycles,
  type Files,
  folderCycles,
  placeOf,
  rulesOf,
  tooLong,
  unguarded,
} from './support/source-rules.ts'
import { page } from './support/tables.ts'

const src = new URL('../src/', import.meta.url)
const files: Files = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|css)$/.test(path))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(new URL(path, src), 'utf8')]),
)
const rules = rulesOf(page('docs/architecture.md'))
const madeUp = (given: Record<string, string>): Files => new Map(Object.entries(given))

describe('docs/architecture.md', () => {
  it('lists every folder of src and nothing else', () => {
    const places = new Set([...files.keys()].map((path) => placeOf(path, rules)))

    expect([...rules.arrows.keys()].sort()).toEqual([...places].sort())
  })
})

describe('imports', () => {
  it('follow the arrows', () => {
    expect(brokenArrows(files, rules)).toEqual([])
  })

  it('are found where one module imports another, by value, by type and by a call', () => {
    const bad = madeUp({
      'core/a.ts': '',
      'retry/a.ts': `import '../timeout/a.ts'`,
      'retry/b.ts': `import type { A } from '../timeout/a.ts'`,
      'retry/c.ts': `type A = import('../timeout/a.ts').A`,
      'retry/d.ts': `await import('../timeout/a.ts')`,
      'timeout/a.ts': `export * from '../core/a.ts'`,
    })

    expect(brokenArrows(bad, rules)).toEqual([
      'retry/a.ts: retry may not import timeout',
      'retry/b.ts: retry may not import timeout',
      'retry/c.ts: retry may not import timeout',
      'retry/d.ts: retry may not import timeout',
    ])
  })

  it('are found where they name testing, an unknown folder or a missing file', () => {
    const bad = madeUp({
      'core/a.ts': `import '../testing/a.ts'`,
      'core/b.ts': `import './gone.ts'`,
      'testing/a.ts': '',
      'attic/a.ts': '',
    })

    expect(brokenArrows(bad, rules)).toEqual([
      'core/a.ts: core may not import testing',
      'core/b.ts: ./gone.ts is no file of src',
      'attic/a.ts: attic is not in the table of arrows',
    ])
  })

  it('are found where they use an entry file, or where src/index.ts bypasses one', () => {
    const bad = madeUp({
      'index.ts': `export * from './retry/index.ts'\nexport * from './retry/a.ts'\nimport './retry/index.ts'`,
      'retry/index.ts': `export * from './a.ts'`,
      'retry/a.ts': '',
      'retry/b.ts': `import './index.ts'`,
    })

    expect(brokenArrows(bad, rules)).toEqual([
      'index.ts: enters retry by retry/a.ts, not by its door',
      'index.ts: imports the door retry/index.ts',
      'retry/b.ts: imports the door retry/index.ts',
    ])
  })

  it('form no cycle, type imports included', () => {
    expect(cycles(files)).toEqual([])
  })

  it('are found where they form a cycle', () => {
    const bad = madeUp({
      'core/a.ts': `import type { B } from './b.ts'`,
      'core/b.ts': `export * from './c.ts'`,
      'core/c.ts': `import './a.ts'`,
    })

    expect(cycles(bad)).toEqual(['core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts'])
  })

  it('make no cycle between folders, types counted', () => {
    expect(folderCycles(files, rules)).toEqual([])
  })

  it('are seen to make a cycle between folders, but not through an entry file', () => {
    const arrows = new Map(['availability', 'availability/time', 'availability/state'].map((place) => [place, []]))
    const bad = madeUp({
      'availability/index.ts': `export * from './state/b.ts'`,
      'availability/checks.ts': '',
      'availability/time/a.ts': `import type { B } from '../state/b.ts'`,
      'availability/time/c.ts': `import '../checks.ts'`,
      'availability/state/b.ts': `import '../time/c.ts'`,
    })

    expect(cycles(bad)).toEqual([])
    expect(folderCycles(bad, { ...rules, arrows })).toEqual([
      'availability/time -> availability/state -> availability/time',
    ])
  })
})

describe('guarded names', () => {
  it('are used only in the files that the table allows', () => {
    expect(unguarded(files, rules)).toEqual([])
  })

  it('are all in use, so that no row of the table is idle', () => {
    const everywhere = { ...rules, guarded: new Map([...rules.guarded].map(([name]) => [name, []])) }
    const used = unguarded(files, everywhere).join('\n')

    for (const file of new Set([...rules.guarded.values()].flat())) expect(used).toContain(file)
  })

  it.each([
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date()'],
    ['Date()', 'Date()'],
    ['performance.now()', 'performance'],
    ['const { now } = performance', 'performance'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['const later = setInterval', 'setInterval'],
    ['const o = { setImmediate }', 'setImmediate'],
    ['queueMicrotask(f)', 'queueMicrotask'],
    ['new MessageChannel()', 'MessageChannel'],
    ['AbortSignal.timeout(1)', 'AbortSignal.timeout'],
    ['AbortSignal.any([])', 'AbortSignal.any'],
    ['Math.random()', 'Math.random'],
    ['crypto.getRandomValues(x)', 'crypto'],
    ['console.log(1)', 'console'],
    ['process.exit()', 'process'],
    ['globalThis.setTimeout(f)', 'globalThis'],
  ])('are found in `%s`', (text, name) => {
    expect(unguarded(madeUp({ 'retry/a.ts': text }), rules)).toContain(`retry/a.ts: may not use ${name}`)
  })

  it.each([
    'new Date(0)',
    'clock.now()',
    'Math.max(1, 2)',
    'policy.process',
    'let x: Buffer',
    'const { random } = call',
  ])('are not found in `%s`', (text) => {
    expect(unguarded(madeUp({ 'retry/a.ts': text }), rules)).toEqual([])
  })

  it.each([
    `import 'p-retry'`,
    `import 'eventemitter3'`,
    `import { now } from 'node:process'`,
    `import type { A } from 'fs'`,
  ])('include packages: `%s`', (text) => {
    expect(unguarded(madeUp({ 'retry/a.ts': text }), rules)).toHaveLength(1)
  })
})

describe('a source file', () => {
  it('has at most 300 lines', () => {
    expect(tooLong(files)).toEqual([])
  })

  it('is found if it is longer', () => {
    expect(tooLong(madeUp({ 'core/a.ts': 'x\n'.repeat(301), 'core/b.ts': 'x\n'.repeat(300) }))).toEqual([
      'core/a.ts: 301 lines',
    ])
  })
})
