/**
 * Measures holdfast beside its peers, all as ratios to a bare `await fn()` of the same run.
 *
 *   node bench/run.mjs [case…] [--quick] [--json FILE] [--markdown] [--update]
 *
 * `--quick` leaves the peers and the limits out, takes fewer rounds, and ends with 1 where a case got worse than noise can
 * explain.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chosen } from './cases/index.mjs'
import { measure } from './measure/case.mjs'
import { document } from './report/document.mjs'
import { update, worse } from './report/guard.mjs'
import { table } from './report/table.mjs'
import { installPeers } from './setup.mjs'

const efforts = { quick: { rounds: 3, ms: 40, peers: false }, full: { rounds: 7, ms: 40, peers: true } }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
})

if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('build first: npm run build')

const effort = values.quick ? efforts.quick : efforts.full
if (effort.peers) installPeers()
const tests = chosen(positionals).filter(({ guarded = true }) => guarded || !values.quick)
const results = []
for (const [index, test] of tests.entries()) {
  process.stderr.write(`${String(index + 1).padStart(2)}/${tests.length} ${test.name}\n`)
  // A case that breaks costs its own row, not the minutes of all others.
  try {
    results.push({ test, found: await measure(test, effort) })
  } catch (error) {
    process.stderr.write(`${error.stack}\n`)
    process.exitCode = 1
  }
}

const markdown = table(results)
console.log(`\nNode ${process.versions.node.split('.')[0]}; ratios to a bare call = 1, bytes beyond it\n\n${markdown}`)

if (values.json !== undefined) {
  const plain = results.map(({ test, found }) => ({ name: test.name, title: test.title, group: test.group, found }))
  writeFileSync(values.json, `${JSON.stringify({ node: process.versions.node, cases: plain }, null, 2)}\n`)
}
if (values.markdown) document(markdown)
if (values.update) update(results)

if (values.quick && !values.update) {
  const wrong = []
  for (const result of results) {
    // Measured again, and longer, before anything is called worse.
    if (worse(result).length === 0) continue
    process.stderr.write(`again: ${result.test.name}\n`)
    const found = await measure(result.test, { ...efforts.full, peers: false })
    wrong.push(...worse({ test: result.test, found }))
  }
  for (const words of wrong) console.error(`worse than noise can explain: ${words}`)
  if (wrong.length > 0) process.exitCode = 1
}
