/**
 * Writes the sizes into docs/performance.md: `npm run sizes`, with `--peers` those of the peers too.
 *
 * It runs from the root of the repository, bundled, because what it measures with is TypeScript. test/size.test.ts holds the
 * page to the same measure.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { sizesIn } from '../test/support/sizes.ts'
import { peerSizes } from './measure/peer-size.ts'

const root = `${process.cwd()}/`
const page = `${root}docs/performance.md`
const peers = ['cockatiel', 'opossum', 'mollitia', 'p-retry', 'p-timeout', 'p-limit', 'p-queue', 'bottleneck']

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1)

function write(marker: string, command: string, header: string, rows: readonly (readonly [string, number])[]): void {
  const table = [`| ${header} | kB |`, '|---|---|', ...rows.map(([name, bytes]) => `| ${name} | ${kilobytes(bytes)} |`)]
  const said = `Measured on ${new Date().toISOString().slice(0, 10)} by \`${command}\`.`
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- end of ${marker} -->`]
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${marker}`)
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${said}\n\n${table.join('\n')}\n\n${text.slice(to)}`)
}

const sizes = sizesIn(root)
const own: [string, number][] = []
for (const entry of sizes.entries) own.push([`\`${entry.replace('.', 'holdfast')}\``, await sizes.ofEntry(entry)])
own.push(['`npx holdfast`, the command', await sizes.ofCommand()])
write('sizes', 'npm run sizes', 'entry', own)

if (process.argv.includes('--peers')) {
  if (!existsSync(`${root}bench/node_modules`)) throw new Error('install the peers first: npm ci --prefix bench')
  write('sizes of peers', 'npm run sizes -- --peers', 'package', peerSizes(`${root}bench`, peers))
}
