import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { needsOwnProcess, projects } from './support/projects.ts'

describe('a test file', () => {
  it('shares a process or has one of its own, never both', () => {
    const { alone, together } = projects()
    const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
      .map((path) => `test/${path.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.test.ts'))

    expect([...alone, ...together].sort()).toEqual(files.sort())
  })

  it.each([
    ['systems/dns.test.ts', ''],
    ['retry/a.test.ts', `vi.mock('node:fs', mocked)`],
    ['retry/a.test.ts', `vi.doMock('node:fs', mocked)`],
    ['retry/a.test.ts', 'vi.resetModules()'],
    ['retry/a.test.ts', 'vi.useFakeTimers({})'],
    ['retry/a.test.ts', 'const start = performance.now()'],
    ['retry/a.test.ts', 'process.memoryUsage().heapUsed'],
    ['retry/a.test.ts', 'process.hrtime.bigint()'],
    ['retry/a.test.ts', `import { channel } from 'node:diagnostics_channel'`],
    ['retry/a.test.ts', 'process.getActiveResourcesInfo()'],
    ['retry/a.test.ts', 'await overheadOf(stock)'],
  ])('has a process of its own: %s with `%s`', (path, text) => {
    expect(needsOwnProcess(path, text)).toBe(true)
  })

  it.each([
    ['retry/a.test.ts', 'const clock = virtualClock()'],
    ['retry/systems/a.test.ts', `vi.mocked(console.warn)`],
  ])('shares a process: %s with `%s`', (path, text) => {
    expect(needsOwnProcess(path, text)).toBe(false)
  })
})
