import { existsSync, readdirSync } from 'node:fs'
import * as holdfast from 'holdfast'
import * as testing from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parts } from '../entries.config.ts'
import { milliseconds } from '../src/core/duration.ts'
import { policyOf } from '../src/core/policy-of.ts'
import { policyFixtures, projectFile } from './support/policy-modules.ts'
import { claims, complaints, pages, play, read, snippetsOf } from './support/snippets.ts'
import { codeSpans, page, section, tableOf } from './support/tables.ts'

const { exponential, retryBudget, roundRobin } = holdfast
const snippets = pages().flatMap((name) => snippetsOf(name, read(name)))

const adapters = readdirSync(new URL('../src/adapters', import.meta.url))

/** A module of the library, an adapter, or a module of the platform. */
async function load(specifier: string): Promise<unknown> {
  if (specifier === 'holdfast/testing') return testing
  const adapter = adapters.find((name) => specifier === `holdfast/${name}`)
  if (adapter !== undefined) return import(`../src/adapters/${adapter}/index.ts`)
  const part = parts.get(specifier.replace('holdfast/', ''))
  if (part !== undefined) return import(/* @vite-ignore */ new URL(`../${part}`, import.meta.url).href)
  return specifier === 'holdfast' || specifier.startsWith('holdfast/') ? holdfast : import(/* @vite-ignore */ specifier)
}

/** The policy of each module with all its defaults; test/policy-gates.test.ts names what a module lacks. */
const described = policyFixtures.map(([module, { bare }]) => ({
  module,
  description: (policyOf(bare) as NonNullable<ReturnType<typeof policyOf>>).describe(),
}))

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the snippets', () => {
  it('type-check, on every page and in every docblock', () => {
    expect(complaints(snippets)).toEqual([])
  }, 30_000)

  it('are seen where they do not type-check', () => {
    const bad = snippetsOf(
      'docs/made-up.md',
      "text\n```ts\nimport { retry } from 'holdfast/retry'\nretry({ times: 3 })\n```\n",
    )

    expect(complaints(bad)).toEqual([expect.stringMatching(/^docs\/made-up\.md:4: .*'times' does not exist/)])
  }, 30_000)

  it.each(snippets.filter(claims).map((snippet) => [`${snippet.page}:${snippet.line}`, snippet] as const))(
    'give what they say: %s',
    async (_name, snippet) => {
      vi.spyOn(console, 'log').mockReturnValue()
      vi.stubGlobal('fetch', async () => new Response('stubbed'))

      for (const { line, actual, expected } of await play(snippet, load)) {
        expect(actual, `line ${line}`).toEqual(expected)
      }
    },
  )

  it('go on where the block before ended, unless they import', async () => {
    const text =
      "```ts\nimport 'holdfast'\nlet a = 1\n```\n\n```ts\na += 1\na // => 2\n```\n\n```ts\nimport 'holdfast'\n```\n"
    const made = snippetsOf('made-up.md', text)

    expect(made.map(({ line }) => line)).toEqual([2, 12])
    expect(await play(made[0] as (typeof made)[number], load)).toEqual([{ line: 8, actual: 2, expected: 2 }])
  })

  it('are seen where a claim is wrong, or cannot be checked', async () => {
    const [wrong, hidden] = ["'fine' // => 'bad'", 'if (true) {\n  1 // => 1\n}'].map(
      (code) => snippetsOf('made-up.md', `\`\`\`ts\n${code}\n\`\`\`\n`)[0] as (typeof snippets)[number],
    )

    expect(await play(wrong as (typeof snippets)[number], load)).toEqual([{ line: 2, actual: 'fine', expected: 'bad' }])
    await expect(play(hidden as (typeof snippets)[number], load)).rejects.toThrow('1 claims do not end a statement')
  })
})

describe('the links', () => {
  it.each(pages().filter((name) => name.endsWith('.md')))('of %s lead to files that are there', (name) => {
    const targets = [...read(name).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] as string)
    const local = targets.filter((target) => !/^[a-z]+:/.test(target))

    const gone = local.filter((target) => !existsSync(new URL(target, new URL(`../${name}`, import.meta.url))))
    expect(gone).toEqual([])
  })
})

describe('the pages of the policies', () => {
  const listed = described.flatMap(({ module, description }) => {
    const text = projectFile(`docs/policies/${module}.md`)
    return text === undefined ? [] : [{ module, description, text }]
  })

  it.each(listed)('$module has every heading, in order', ({ text }) => {
    expect([...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'About',
      'Usage',
      'Defaults',
      'Events',
      'Errors',
      'How it decides',
      'Patterns',
      'Anti-patterns',
      'Sources',
    ])
  })

  it.each(listed.filter(({ description }) => Object.keys(description.options).length > 0))(
    '$module lists its options and their defaults',
    ({ description, text }) => {
      const { rows } = tableOf(section(text, 'Defaults'))
      const options = description.options as Record<string, unknown>
      const common = ['name', 'clock', 'random', 'restore']
      const shown = rows
        .map(([name = '', value = '']) => ({ option: codeSpans(name)[0] as string, value }))
        .filter(({ option }) => !common.includes(option))
      // A group of options has a row for each of them, and may have one of its own.
      const groups = new Set(shown.map(({ option }) => option.split('.')[0] as string))

      expect([...groups].sort()).toEqual(Object.keys(options).sort())
      for (const { option, value } of shown) {
        if (value === 'required' || shown.some((other) => other.option.startsWith(`${option}.`))) continue
        const actual = option.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], options)
        expect(plain(actual), option).toEqual(plain(defaultOf(value)))
      }
    },
  )

  it.each(listed)('$module lists its events', ({ description, text }) => {
    const rows = section(text, 'Events').includes('|') ? tableOf(section(text, 'Events')).rows : []
    const own = rows.map(([name = '']) => codeSpans(name)[0])

    expect([...own].sort()).toEqual([...description.events].sort())
  })
})

describe('docs/events.md', () => {
  it.each(described)('lists the events of $module', ({ description: { kind: own, events } }) => {
    const rows = tableOf(section(page('docs/events.md'), 'All events')).rows
    const listed = rows.filter(([kind = '']) => codeSpans(kind)[0] === own).map(([, event = '']) => codeSpans(event)[0])

    expect([...listed].sort()).toEqual([...events].sort())
  })
})

describe('docs/errors.md', () => {
  it('lists every class with its code', () => {
    const classes = Object.values(holdfast).filter(
      (value): value is typeof holdfast.HoldfastError =>
        typeof value === 'function' && value.prototype instanceof Error,
    )
    const coded = classes.map(({ prototype }) => [prototype.name, prototype.code ?? '—'])
    const rows = tableOf(section(page('docs/errors.md'), 'All errors')).rows

    const listed = rows.map(([name = '', code = '']) => [codeSpans(name)[0], codeSpans(code)[0] ?? code])
    expect(listed.sort()).toEqual(coded.sort())
  })
})

/** What a cell of a table of defaults says: the value it begins with, or nothing where it is words. */
function defaultOf(cell: string): unknown {
  const code = cell.startsWith('`') ? codeSpans(cell)[0] : /^\d[\d.]*/.exec(cell)?.[0]
  if (code === undefined) return undefined
  return new Function('exponential', 'roundRobin', 'retryBudget', `return (${code})`)(
    exponential,
    roundRobin,
    retryBudget,
  )
}

/** A value as the table can say it: durations in ms, a rule by its kind and options, no limit as nothing. */
function plain(value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return undefined
  if (typeof value === 'string') return Number.isNaN(milliseconds(value)) ? value : milliseconds(value)
  if (typeof value !== 'object' || value === null || !('kind' in value)) return value
  const { kind, options } = value as { kind: string; options?: { delay?: number } }
  if (options === undefined) return kind
  return kind === 'constant' ? options.delay : { kind, options: { ...options } }
}
