import { describe, expect, it } from 'vitest'
import { sizesIn } from './support/sizes.ts'
import { codeSpans, page, section, tableOf } from './support/tables.ts'

const sizes = sizesIn(new URL('../', import.meta.url).pathname)
const rowsOf = (name: string): readonly (readonly [string, number])[] =>
  tableOf(section(page(name), 'Sizes')).rows.map(([entry = '', size = '']) => [codeSpans(entry)[0] ?? '', Number(size)])
const limits = rowsOf('docs/architecture.md')
const shown = new Map(rowsOf('docs/performance.md'))

describe('the size of an entry point', () => {
  it('is in both tables for every entry point', () => {
    const named = sizes.entries.map((entry) => entry.replace('.', 'holdfast'))

    expect(limits.map(([name]) => name)).toEqual(named)
    expect([...shown.keys()]).toEqual([...named, 'npx holdfast'])
  })

  it.each(limits)('%s is at most %i bytes, and not far below', async (name, limit) => {
    const size = await sizes.ofEntry(name.replace('holdfast', '.'))

    expect(size).toBeLessThanOrEqual(limit)
    expect(size).toBeGreaterThan(limit * 0.8)
  })

  // Within 5 %: the page is written anew when a reader would notice, not with each line of code.
  it.each([...shown])('%s is about %d kB, as docs/performance.md says', async (name, kilobytes) => {
    const size = await (name === 'npx holdfast' ? sizes.ofCommand() : sizes.ofEntry(name.replace('holdfast', '.')))

    expect(Math.abs(kilobytes * 1000 - size), `it is ${size} bytes: npm run sizes`).toBeLessThan(0.05 * size)
  })

  it('depends on what is used: one policy imported from holdfast costs about as much as from its own entry point', async () => {
    const [whole, own] = await Promise.all([
      sizes.of(`import { timeout } from './src/index.ts'\nconsole.log(timeout)`),
      sizes.of(`import { timeout } from './src/timeout/index.ts'\nconsole.log(timeout)`),
    ])

    expect(whole / own).toBeLessThan(1.1)
  })
})
