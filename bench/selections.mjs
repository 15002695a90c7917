/**
 * Measures every selection of the failover pool in a simulation: the same load and the same faults for all.
 *
 *   npm run selections -- [selection…] [--calls N] [--seed N] [--json FILE] [--markdown]
 *
 * `--markdown` puts the table into docs/policies/failover.md. Results depend on the seed alone, not on the machine.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { between, placeIn } from './report/between.mjs'
import { measured } from './report/measured.mjs'

const place = ['docs/policies/failover.md', '<!-- selections -->', '<!-- end of selections -->']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
})

if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('build first: npm run build')
const { catalogueOf } = await import('./selections/catalogue.mjs')
const catalogue = catalogueOf(await import('../dist/failover.js'))
const { run, scenarios } = await import('./selections/scenarios.mjs')
const { table } = await import('./selections/table.mjs')

const entries = catalogue.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
)
if (entries.length === 0) throw new Error(`no selection is named so: ${positionals.join(', ')}`)
if (values.markdown) {
  if (entries.length < catalogue.length) throw new Error('the page has all selections or none')
  // Before the minutes of measuring.
  placeIn(...place)
}

const results = []
for (const [index, entry] of entries.entries()) {
  process.stderr.write(`${String(index + 1).padStart(2)}/${entries.length} ${entry.name}\n`)
  const found = {}
  for (const scenario of scenarios) {
    found[scenario.name] = await run(entry, scenario, { calls: Number(values.calls), seed: Number(values.seed) })
  }
  results.push({ entry, found })
}

const markdown = table(results)
console.log(`\nms and shares of first tries, ${Number(values.calls).toLocaleString('en')} calls a cell\n\n${markdown}`)
if (values.json !== undefined) {
  const plain = results.map(({ entry, found }) => ({ name: entry.name, found }))
  writeFileSync(values.json, `${JSON.stringify(plain, (key, value) => (key === 'series' ? undefined : value), 2)}\n`)
}
if (values.markdown) between(...place, `${measured('npm run selections -- --markdown')}\n\n${markdown}`)
