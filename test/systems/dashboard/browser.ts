/** A real browser, Debian's Chromium, with every page watched for what it must not do. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import { pathOf } from '../support/system.ts'

let browser: Promise<Browser> | undefined
afterAll(async () => (await browser)?.close())

const open: Watched[] = []

interface Watched {
  readonly page: Page
  /** What was printed as an error or a warning, and what was thrown. */
  readonly complaints: string[]
  /** Where requests went to, but for the page's own server. */
  readonly foreign: string[]
}

/** Opens the page; the end of a test closes it, and looks whether it behaved. */
export async function look(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  // In a container there is no sandbox to be had, and little shared memory.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  browser ??= chromium.launch({ executablePath: pathOf('chromium') as string, args })
  const context = await (await browser).newContext({ viewport: { width: 1360, height: 900 }, ...options })
  const page = await context.newPage()
  const watched: Watched = { page, complaints: [], foreign: [] }
  open.push(watched)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text())
  })
  page.on('pageerror', (error) => watched.complaints.push(String(error)))
  page.on('request', (request) => {
    const to = request.url()
    if (!to.startsWith(new URL(url).origin) && !to.startsWith('data:')) watched.foreign.push(to)
  })
  page.setDefaultTimeout(8000)
  await page.goto(url)
  await page.getByText('live', { exact: true }).waitFor()
  return page
}

/** Closes all pages; each must have been quiet, but for what a test expects. */
export async function closePages(expected: RegExp = /^$/): Promise<void> {
  for (const { page, complaints, foreign } of open.splice(0)) {
    await page.context().close()
    expect(foreign).toEqual([])
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([])
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong, each with where. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>('axe.run()')
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}
