/** Chromium without a window, on a page of loopback. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import { here } from '../bundle.ts'
import { documents, portable } from '../documents.ts'
import type { FileReport } from '../portable/run-here.ts'
import type { Kind } from './program.ts'

export const browserKind: Kind = {
  plugins: [documents(portable)],
  first: ['node:events', './portable/process.ts'],
  start: 'Object.assign(globalThis, { run })',
  replacements: { 'node:events': `${here}portable/events.ts`, 'node:vm': `${here}portable/vm.ts` },
}

/** Opens a page that serves the modules by their paths; `use` may import them. */
export async function withPage<Value>(
  binary: string,
  modules: Readonly<Record<string, string>>,
  use: (evaluate: (code: string) => Promise<unknown>, renew: () => Promise<unknown>) => Promise<Value>,
): Promise<Value> {
  const server = createServer((request, response) => {
    const text = modules[request.url ?? '']
    response.setHeader('content-type', text === undefined ? 'text/html' : 'text/javascript')
    response.end(text ?? '<!doctype html>')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // In a container there is no sandbox to be had, and little shared memory.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  const browser = await chromium.launch({ executablePath: binary, args })
  try {
    const page = await browser.newPage()
    const renew = () => page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await renew()
    return await use((code) => page.evaluate(code), renew)
  } finally {
    await browser.close()
    server.close()
  }
}

export function runInBrowser(
  binary: string,
  program: string,
  files: readonly string[],
  limit: number,
): Promise<{ readonly reports: readonly FileReport[]; readonly trouble: string }> {
  return withPage(binary, { '/program.mjs': program }, async (evaluate, renew) => {
    const reports: FileReport[] = []
    const troubles: string[] = []
    for (const file of files) {
      try {
        // A file that hangs leaves the others alone.
        await renew()
        await evaluate(`import('/program.mjs').then(() => undefined)`)
        const late = new Promise<never>((_, reject) => {
          setTimeout(() => reject(new Error(`no end within ${limit} ms`)), limit).unref()
        })
        reports.push((await Promise.race([evaluate(`run(${JSON.stringify(file)})`), late])) as FileReport)
      } catch (error) {
        troubles.push(`${file}: ${error}`)
      }
    }
    return { reports, trouble: troubles.join('\n') }
  })
}
