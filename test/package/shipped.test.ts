import { execFileSync } from 'node:child_process'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { page } from '../support/tables.ts'

const root = new URL('../../', import.meta.url).pathname
const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' })
const files = (JSON.parse(packed) as { files: { path: string; size: number }[] }[])[0]?.files ?? []
const paths = new Set(files.map(({ path }) => path))
const folders = new Set([...paths].flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))
const pages = [...paths].filter((path) => path.endsWith('.md')).sort()

/** Where the relative links of a page lead, pictures too, without what follows `#`. */
function targetsOf(path: string): readonly string[] {
  const links = [...page(path).matchAll(/(?:\]\(|\b(?:href|src)=")([^)"#\s]+)/g)].map((match) => match[1] as string)
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => posix.join(posix.dirname(path), link).replace(/\/$/, ''))
}

describe('the package', () => {
  it('holds the README and every page of the docs', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/getting-started.md', 'docs/policies/retry.md']))
  })

  it.each(pages)('holds what %s links to', (path) => {
    expect(targetsOf(path).filter((target) => !paths.has(target) && !folders.has(target))).toEqual([])
  })

  it('holds pictures of a sensible size', () => {
    const pictures = files.filter(({ path }) => /\.(png|webp|svg|jpe?g|gif)$/.test(path))

    for (const { path, size } of pictures) expect(size, path).toBeLessThan(100_000)
  })

  it('holds no more of the repository than who installs it can use', () => {
    const other = [...paths].filter(
      (path) =>
        !/^(dist\/.*|docs\/.*\.(md|webp)|examples\/[a-z-]+\.ts|examples\/demo\/[a-z-]+\.mjs|monitoring\/[a-z-]+\.(json|yml)|package\.json|(README|CHANGELOG|THIRD-PARTY)\.md|LICENSE)$/.test(
          path,
        ),
    )

    expect(other).toEqual([])
  })
})
