import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rooms } from '../entries.config.ts'

const folder = new URL('../examples/', import.meta.url)
const examples = readdirSync(folder).filter((file) => file.endsWith('.ts'))

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the examples', () => {
  it('exist for every module', () => {
    expect(examples.map((file) => file.replace('.ts', ''))).toEqual(expect.arrayContaining([...rooms.keys()]))
  })

  it.each(examples)('%s is under 60 lines and says what it shows', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')

    expect(text.trimEnd().split('\n').length).toBeLessThan(60)
    expect(text).toMatch(/^\/[/*]/)
  })

  it.each(examples)('%s runs to its end', { timeout: 30_000 }, async (file) => {
    const printed = vi.spyOn(console, 'log').mockReturnValue()

    await import(/* @vite-ignore */ new URL(file, folder).href)

    expect(printed).toHaveBeenCalled()
    // Where a real server is missing an example says so and ends; where all must be there, it must have done its work.
    if (process.env['HOLDFAST_REQUIRE_SYSTEMS'] === '1') {
      expect(printed.mock.calls.flat().join(' ')).not.toContain('is not installed')
    }
  })
})
