/**
 * Measures what happens now and then, in ms: a scrape, a tick of the dashboard, a file read anew, a history written and read.
 *
 *   npm run moments -- [--markdown]
 *
 * `--markdown` puts the table into docs/performance.md. Unlike ratios to a bare call these say much about the machine.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { dashboard } from '../dist/dashboard.js'
import { fileMembers, fileStore } from '../dist/file.js'
import { availabilityTracker, circuitBreaker, failoverPool, pipeline, retry, timeout } from '../dist/index.js'
import { holdfastMetrics } from '../dist/prometheus.js'
import { between } from './report/between.mjs'
import { measured } from './report/measured.mjs'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-moments-'))
const found = []

async function ms(moment) {
  const begin = performance.now()
  await moment()
  return performance.now() - begin
}

async function many(times, moment) {
  const all = []
  for (let i = 0; i < times; i++) all.push(await moment(i))
  return all
}

function note(name, title, all) {
  const sorted = [...all].sort((a, b) => a - b)
  found.push({ name, title, median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) })
}

/** 500 components that had 100 outages each, and 50 pipelines. */
function large() {
  const tracker = availabilityTracker()
  const hour = 3_600_000
  const begin = Date.now() - 1000 * hour
  for (let i = 0; i < 500; i++) {
    const component = `component-${i}`
    tracker.component(component).up()
    for (let outage = 0; outage < 100; outage++) {
      const start = begin + 10 * outage * hour
      tracker.record({ component, start: new Date(start), end: new Date(start + 60_000) })
    }
  }
  const policies = Array.from({ length: 50 }, (_, i) =>
    pipeline({ name: `pipeline-${i}` }, timeout('1s'), retry(2), circuitBreaker()),
  )
  return { tracker, policies }
}

async function scrape() {
  const { tracker, policies } = large()
  const registry = new Registry()
  holdfastMetrics({ registry, tracker, policies })
  note('scrape', 'a scrape by Prometheus of 500 components', await many(7, () => ms(() => registry.metrics())))
}

async function tick() {
  const { tracker, policies } = large()
  const board = dashboard({ tracker, policies, every: 500 })
  const server = createServer(board.handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const aborter = new AbortController()
  const first = await ms(async () => {
    const { body } = await fetch(`http://127.0.0.1:${server.address().port}/?events`, { signal: aborter.signal })
    const reader = body.getReader()
    await reader.read()
    // Read on, or the stream counts as stuck.
    void (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {})
  })
  note('dashboard-first', 'the first event of a dashboard of 500 components', [first])
  const ticks = async () => {
    const before = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / 4
  }
  note('dashboard-tick', 'each tick of it that follows, of one core', await many(5, ticks))
  aborter.abort()
  board.close()
  server.close()
  tracker.close()
}

async function renamed() {
  const path = join(folder, 'members.json')
  writeFileSync(path, '["a"]')
  const pool = failoverPool(fileMembers(path))
  await pool.ready()
  const all = await many(7, async (i) => {
    writeFileSync(`${path}.new`, `["b${i}"]`)
    const changed = new Promise((resolve) => pool.once('membersChanged', resolve))
    return await ms(() => {
      renameSync(`${path}.new`, path)
      return changed
    })
  })
  pool.close()
  note('file-members', 'a file renamed over the old one is in the pool; 50 ms are `settle`', all)
}

async function history() {
  const path = join(folder, 'history.log')
  const tracker = availabilityTracker({ store: fileStore(path) })
  await tracker.ready()
  const part = tracker.component('a')
  const turn = (count) => {
    for (let i = 0; i < count; i++) i % 2 === 0 ? part.down() : part.up()
  }
  const one = async () => {
    turn(1)
    const down = await ms(() => tracker.flush())
    part.up()
    await tracker.flush()
    return down
  }
  note('store-one', 'a batch of one record is on the disk after `flush()`', await many(7, one))
  turn(9000)
  note('store-many', 'a batch of 9,000', [await ms(() => tracker.flush())])
  tracker.close()
  await tracker.closed
  const again = async () => {
    const next = availabilityTracker({ store: fileStore(path) })
    const took = await ms(() => next.ready())
    next.close()
    await next.closed
    return took
  }
  note('store-load', 'that history is loaded', await many(3, again))
}

// What is measured is background work, which keeps no process alive.
const alive = setInterval(() => {}, 1000)
try {
  for (const moment of [scrape, tick, renamed, history]) await moment()
} finally {
  clearInterval(alive)
  rmSync(folder, { recursive: true })
}
const digits = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const rows = found.map(
  ({ name, title, median, least, most }) =>
    `| ${title} (\`${name}\`) | **${digits(median)}** (${digits(least)}–${digits(most)}) |`,
)
const markdown = `| moment | ms |\n|---|---|\n${rows.join('\n')}\n`
console.log(markdown)
if (process.argv.includes('--markdown')) {
  const said = measured('npm run moments -- --markdown')
  between('docs/performance.md', '<!-- moments -->', '<!-- end of moments -->', `${said}\n\n${markdown}`)
}
