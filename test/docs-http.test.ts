/** The examples that call HTTP look at the status: run against a server that answers 500, then 429, then 200. */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as holdfast from 'holdfast'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { pages, play, read, type Snippet, snippetsOf } from './support/snippets.ts'

const realFetch = globalThis.fetch
let server: Server | undefined

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  server?.closeAllConnections()
  server?.close()
})

/** Starts the server, and sends every request to it. Gives the statuses it answered with. */
async function served(): Promise<readonly number[]> {
  const statuses: number[] = []
  const made = createServer((_request, response) => {
    const status = [500, 429][statuses.length] ?? 200
    statuses.push(status)
    response.writeHead(status, status === 429 ? { 'retry-after': '0' } : {})
    response.end('"answer"')
  })
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}/`
  vi.stubGlobal('fetch', (_url: unknown, init: RequestInit) => realFetch(url, init))
  vi.spyOn(console, 'log').mockReturnValue()
  return statuses
}

const snippets = pages().flatMap((name) => snippetsOf(name, read(name)))
const named = (snippet: Snippet): string => `${snippet.page}:${snippet.line}`
/** What a check answers is judged by the library itself. */
const checks = /probe\(|check: \{/
const calling = snippets.filter(({ code }) => /\bfetch\(/.test(code.replace(/^.*(?:probe\(|run: ).*$/gm, '')))

describe('the snippets that call HTTP', () => {
  it('are found', () => {
    expect(calling.length).toBeGreaterThan(8)
    expect(calling.some(({ page }) => page === 'README.md')).toBe(true)
    expect(snippets.some(({ code }) => checks.test(code))).toBe(true)
  })

  it.each(calling.map((snippet) => [named(snippet), snippet] as const))('check the status: %s', (_name, { code }) => {
    expect(code).toMatch(/response\.(ok|status)\b/)
  })

  const load = async (): Promise<unknown> => holdfast
  const simple = calling.filter(({ page }) => /^(README\.md|src\/(retry|pipeline)\/)/.test(page))
  it.each(simple.map((snippet) => [named(snippet), snippet] as const))(
    'try again after a 500 and a 429: %s',
    async (_name, snippet) => {
      const statuses = await served()
      await play(snippet, load)
      expect(statuses).toEqual([500, 429, 200])
    },
  )

  const single = calling.filter(({ page }) => /^src\/(timeout|bulkhead|circuit-breaker)\//.test(page))
  it.each(single.map((snippet) => [named(snippet), snippet] as const))(
    'take a 500 for a failure: %s',
    async (_name, snippet) => {
      const statuses = await served()
      await expect(play(snippet, load)).rejects.toThrow('HTTP 500')
      expect(statuses).toEqual([500])
    },
  )

  it('are of both kinds', () => {
    expect([simple.length, single.length]).toEqual([3, 3])
  })
})

describe('the examples that call HTTP', () => {
  const folder = new URL('../examples/', import.meta.url)
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const)
    // Those of a call pass its signal on.
    .filter(([, text]) => /\bfetch\(.*\bsignal\b/.test(text))

  it.each(texts)('check the status: %s', (_name, text) => {
    expect(text).toMatch(/response\.(ok|status)\b/)
  })
})
