import { describe, expect, it } from 'vitest'
import { pages, read } from './support/snippets.ts'
import { page } from './support/tables.ts'

const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> }
const docs = pages().filter((name) => name.endsWith('.md'))
const generated = /^<!-- ((?!end of ).+?) -->\n(.*?)^<!-- end of \1 -->$/gms
const blocks = docs.flatMap((name) =>
  [...read(name).matchAll(generated)].map(([, marker, text]) => [name, marker, text as string] as const),
)

describe('figures in docs', () => {
  it('are in blocks that commands write', () => {
    expect(blocks.map(([name, marker]) => `${name}: ${marker}`)).toEqual(
      expect.arrayContaining([
        'docs/performance.md: node 24',
        'docs/performance.md: node 20',
        'docs/performance.md: moments',
        'docs/performance.md: sizes',
        'docs/performance.md: sizes of peers',
        'docs/policies/failover.md: selections',
      ]),
    )
  })

  // The table of runtimes says what passed, not what it cost.
  it.each(blocks.filter(([name]) => name !== 'docs/runtimes.md'))(
    'name the date and the command that measured them: %s, %s',
    (_name, _marker, text) => {
      const [, script = 'none'] =
        /^\nMeasured on \d{4}-\d\d-\d\d by `npm run ([a-z]+)(?: [^`]*)?`(?:, on Node [\d.]+)?\.\n/.exec(text) ?? []

      expect(Object.keys(scripts)).toContain(script)
    },
  )

  it.each(docs.filter((name) => !name.startsWith('docs/decisions/')))('appear nowhere else: %s', (name) => {
    const words = read(name)
      .replaceAll(generated, '')
      .replaceAll(/^```.*?^```$/gms, '')

    expect(
      words.match(
        /.*(\b\d[\d.]* ?(ns|µs|times as long|times what)\b|\d bare calls?\b|kB gzipped|took \d[\d.]* m?s\b|\d ms later).*/g,
      ) ?? [],
    ).toEqual([])
  })
})
