import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { entries } from '../entries.config.ts'
import { pages, read } from './support/snippets.ts'

const docs = pages().filter((name) => name.startsWith('docs/') && name.endsWith('.md'))

describe('README.md', () => {
  it.each([...entries.keys()])('names the entry point %s', (entry) => {
    expect(read('README.md')).toMatch(new RegExp(`^\\| .*\`(holdfast)?/${entry}\``, 'm'))
  })
})

describe('docs/README.md', () => {
  it('links every page but the decisions', () => {
    const linked = [...read('docs/README.md').matchAll(/\]\(([^)]+\.md)\)/g)].map((match) => `docs/${match[1]}`)
    const expected = docs.filter((name) => !name.startsWith('docs/decisions/') && name !== 'docs/README.md')

    expect([...linked].sort()).toEqual(expected)
  })
})

describe('the glossary', () => {
  const terms = [...read('docs/glossary.md').matchAll(/^\| (?!term |-)([^|]+) \|/gm)].map((match) => match[1] as string)

  it('has each term once', () => {
    expect(terms.length).toBeGreaterThan(50)
    expect(new Set(terms).size).toBe(terms.length)
  })

  it.each(['README.md', 'docs/README.md', 'docs/getting-started.md'])('is linked by %s', (name) => {
    expect(read(name)).toMatch(/\]\([a-z/]*glossary\.md\)/)
  })
})

describe('test/models/README.md', () => {
  const named = new Set(
    [...read('test/models/README.md').matchAll(/`([a-z/-]+\.ts)`/g)].map((match) => match[1] as string),
  )

  it.each([...named])('names a file that exists: %s', (name) => {
    const places = ['../', './', './models/'].map((folder) => new URL(`${folder}${name}`, import.meta.url))

    expect(places.some((place) => existsSync(place))).toBe(true)
  })
})
