import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renamedExports, repeatedTypes } from './support/names.ts'
import { commentsOf, commentsOfCss, type Prose, proseOfMarkdown, titlesOf } from './support/prose.ts'
import type { Files } from './support/source-rules.ts'
import { deniedWords, words } from './support/words.ts'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const below = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => !path.includes('/node_modules/'))
const source: Files = new Map(
  below('src')
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => [path.slice('src/'.length), read(path)]),
)
const madeUp = (given: Record<string, string>): Files => new Map(Object.entries(given))
const prose = (text: string): readonly Prose[] => [{ line: 1, text }]

/** By path: what of each file its readers read. */
const readable = new Map<string, readonly Prose[]>([
  ...[
    'README.md',
    'CONTRIBUTING.md',
    ...[...below('docs'), ...below('test')].filter((path) => path.endsWith('.md')),
  ].map((path) => [path, proseOfMarkdown(read(path))] as const),
  ...below('src')
    .filter((path) => path.endsWith('.css'))
    .map((path) => [path, commentsOfCss(read(path))] as const),
  ...[...below('src'), ...below('examples'), ...below('docs')]
    .filter((path) => /\.(tsx?|mjs)$/.test(path))
    .map((path) => [path, commentsOf(read(path))] as const),
  ...below('test')
    .filter((path) => /\.(test|test-d)\.ts$|^test\/runtimes\/own\/.+\.ts$/.test(path))
    .map((path) => [path, titlesOf(read(path))] as const),
])

/** What was found, as one line for each name or file. */
function listed(found: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...found].filter(([, list]) => list.length > 0).map(([name, list]) => `${name}: ${list.join(', ')}`)
}

const samples = [
  'Dear for a clock',
  'nobody asks',
  'whoever it is',
  'what it is told',
  'what it tells',
  'stands in faults, stood, standing',
  'it is gone',
  'what else there is',
  'be it the clock',
  'heard by its ears',
  'begins anew',
  'closed meanwhile',
  'ends of its own accord',
  'there where it began',
  'what calls came to',
  'nothing at all.',
  'So many calls may run.',
  'none too good',
  'goes by the default',
  'the scribe',
  'the ledger',
  'the household',
  'the story of a call',
  'a rota',
  'from room to room',
  'by its door',
  'lest it fails',
  'for naught',
  'seldom, if it shall',
  'for want of a clock',
]

describe('the name of a type', () => {
  it('is declared once in the package', () => {
    expect(listed(repeatedTypes(source))).toEqual([])
  })

  it('is seen to be declared twice, by whatever kind of declaration, exported or not', () => {
    const bad = madeUp({
      'retry/a.ts': 'export interface Window {}\nenum Step { one }\nclass Queue {}',
      'timeout/a.ts': 'type Window = 1\nfunction f() { interface Step {} }',
      'page/a.tsx': 'export class Queue {}\nexport class Single {}',
    })

    expect([...repeatedTypes(bad)]).toEqual([
      ['Window', ['retry/a.ts', 'timeout/a.ts']],
      ['Step', ['retry/a.ts', 'timeout/a.ts']],
      ['Queue', ['retry/a.ts', 'page/a.tsx']],
    ])
  })

  it('may be that of a deprecated alias, but not of another deprecated type', () => {
    const alias = (name: string, comment: string, type: string): string => `${comment}\nexport type ${name} = ${type}`
    const found = madeUp({
      'retry/a.ts': 'class Queue {}\nclass Window {}\nclass Step {}\nclass Single<T> {}',
      'retry/index.ts': alias('Queue', '/** @deprecated Use `RetryQueue`. */', 'RetryQueue'),
      'timeout/index.ts': alias('Single<T>', '/** Alone. @deprecated Use `One`. */', 'One<T>'),
      'page/index.ts': alias('Window', '/** The window. */', 'RetryWindow'),
      'pool/index.ts': alias('Step', '/** @deprecated */', '{ readonly one: 1 }'),
    })

    expect([...repeatedTypes(found).keys()]).toEqual(['Window', 'Step'])
  })

  it('is not changed by an export', () => {
    const found = new Map<string, string[]>()
    for (const [path, name] of renamedExports(source)) found.set(path, [...(found.get(path) ?? []), name])

    expect(listed(found)).toEqual([])
  })

  it('is seen to be changed by an export', () => {
    const bad = madeUp({
      'retry/index.ts': `export { a as b, c } from './a.ts'\nexport type { D as E } from './a.ts'`,
      'timeout/index.ts': `export * from './a.ts'\nimport { f as g } from './a.ts'`,
    })

    expect(renamedExports(bad)).toEqual([
      ['retry/index.ts', 'a as b'],
      ['retry/index.ts', 'D as E'],
    ])
  })
})

describe('prose', () => {
  it('has none of the denied words', () => {
    const found = new Map([...readable].map(([path, pieces]) => [path, deniedWords(pieces)]))

    expect(listed(found)).toEqual([])
  })

  it('is found in comments, docblocks and the comments of their examples', () => {
    const text = [
      '// Dear to make,',
      '// and seldom needed.',
      '/**',
      ' * Nobody reads `somebody`, but',
      ' *',
      ' * ```ts',
      ' * const gone = 1 // whoever',
      ' * gone // => "gone"',
      ' * ```',
      ' */',
      "const told = 'told' // told",
      'const page = <p>{/* gone */} // no comment {told}</p>',
    ].join('\n')

    expect(deniedWords(commentsOf(text)).map((found) => found.replace(/ \(.*/, ''))).toEqual([
      '1: Dear',
      '2: seldom',
      '4: Nobody',
      '7: whoever',
      '11: told',
      '12: gone',
    ])
  })

  it('is found in titles of tests, and not in their code', () => {
    const text = [
      "describe('what it is told', () => {",
      "  it.each(['gone'])('hears %s', () => {})",
      '  it.skipIf(gone)(`stands`, () => {})',
      "  expect('gone').toBe(told('gone'))",
      '})',
    ].join('\n')

    expect(deniedWords(titlesOf(text)).map((found) => found.replace(/ \(.*/, ''))).toEqual([
      '1: told',
      '2: hears',
      '3: stands',
    ])
  })

  it('is found in pages, and not in their code', () => {
    const text = ['# Whoever', '`gone`', '```ts', 'gone() // anew', '```', 'what', 'else'].join('\n')

    expect(deniedWords(proseOfMarkdown(text)).map((found) => found.replace(/ \(.*/, ''))).toEqual([
      '1: Whoever',
      '4: anew',
      '6: what else',
    ])
  })

  it('is found in style sheets', () => {
    expect(deniedWords(commentsOfCss('a { b: c }\n/* anew */ .gone { d: e }'))).toHaveLength(1)
  })

  it.each(samples)('is denied: %s', (text) => {
    expect(deniedWords(prose(text))).not.toEqual([])
  })

  it('is denied nothing that has no sample', () => {
    const idle = words.filter(({ pattern }) => !samples.some((text) => [...text.matchAll(pattern)].length > 0))

    expect(idle).toEqual([])
  })

  it.each([
    'tells one half-open state apart, or one member from the other',
    'a stand-in for a server',
    'answers 410 Gone, or Gone (410)',
    'something else, everything else, nothing else',
    'makes room for others, leaves no room',
    'the standby understands it, and is standalone',
    'so many calls as there are, not at all tiers',
    'history, ZooKeeper, dashboard, outdoor',
  ])('may say: %s', (text) => {
    expect(deniedWords(prose(text))).toEqual([])
  })
})
