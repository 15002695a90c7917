/**
 * Runs the portable tests on every runtime and loads every entry of the package there; prints what came of it as one table.
 *
 *   npm run runtimes [-- NAME…] [--write]
 *
 * A name, such as `bun`, stands for all runtimes that begin so. `--write` puts the table of all of them into
 * docs/runtimes.md. It ends with 1 where a test failed, or an entry loads or does not load other than it is said to.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { here, root } from './bundle.ts'
import { entries, type Loaded, refused, userFolder } from './entries.ts'
import { program } from './hosts/program.ts'
import type { FileReport } from './portable/run-here.ts'
import { type Runtime, runtimes } from './runtimes.ts'
import { filesFor, leftOut, type Suite, suites, testsWithout } from './suites.ts'
import { type Cell, type Row, tableOf } from './table.ts'

interface Result {
  readonly runtime: Runtime
  readonly title: string
  readonly reports: readonly FileReport[]
  readonly requests: FileReport | undefined
  readonly loaded: Loaded
}

const problems: string[] = []

async function resultOf(runtime: Runtime, folder: string): Promise<Result | undefined> {
  const { name, binary } = runtime
  if (binary === undefined) {
    if (process.env['HOLDFAST_REQUIRE_SYSTEMS'] === '1') problems.push(`${name} is not installed`)
    return undefined
  }
  const begun = performance.now()
  const files = suites.flatMap((suite) => filesFor(name, suite))
  const without = testsWithout(name)
  const { reports, trouble } = await runtime.test(binary, await program(runtime.kind, files, without), files)
  const requests = await runtime.requests?.(binary)
  const loaded = await runtime.load(binary, folder)
  const result = {
    runtime,
    title: `${name.replace(/ \d+$/, '')} ${await runtime.version(binary)}`,
    reports,
    requests,
    loaded,
  }
  problems.push(...problemsOf(result, files, without, trouble))
  process.stderr.write(`${result.title}: ${((performance.now() - begun) / 1000).toFixed(1)} s\n`)
  return result
}

function problemsOf(
  { runtime: { name }, reports, requests, loaded }: Result,
  files: readonly string[],
  without: Readonly<Record<string, readonly string[]>>,
  trouble: string,
): readonly string[] {
  const found = trouble === '' ? [] : [`${name}: ${trouble}`]
  for (const { file, failed, leftOut: out } of [...reports, ...(requests === undefined ? [] : [requests])]) {
    for (const { test, message } of failed) found.push(`${name}: ${file}: ${test}\n    ${message.slice(0, 300)}`)
    for (const sentence of without[file] ?? []) {
      if (!out.includes(sentence)) found.push(`${name}: ${file} has no test "${sentence}" to leave out`)
    }
  }
  const ran = reports.map(({ file }) => file)
  for (const file of files) if (!ran.includes(file)) found.push(`${name}: ${file} did not come to its end`)
  for (const entry of entries) {
    const cell = entryCell(name, entry, loaded[entry] ?? 'nothing was told')
    if (cell !== undefined && 'failed' in cell && cell.failed > 0)
      found.push(`${name}: ${entry}: ${loaded[entry] || 'loads, and should not'}`)
  }
  return found
}

function suiteCell(result: Result | undefined, suite: Suite): Cell {
  if (result === undefined) return undefined
  const files = filesFor(result.runtime.name, suite)
  if (files.length === 0)
    return { why: leftOut.find(({ file, test }) => test === undefined && suite.files.includes(file))?.why ?? '' }
  const reports = result.reports.filter(({ file }) => files.includes(file))
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failed: files.length - reports.length + reports.reduce((sum, { failed }) => sum + failed.length, 0),
  }
}

function requestsCell(result: Result | undefined): Cell {
  if (result === undefined) return undefined
  const { requests } = result
  return requests === undefined
    ? { why: 'it serves no requests by itself, and binds nothing to them' }
    : { passed: requests.passed, failed: requests.failed.length }
}

/** An entry loads, or it is refused for the reason that is known. */
function entryCell(runtime: string, entry: string, why: string): Cell {
  const known = refused.find(({ on, entries }) => on.includes(runtime) && entries.includes(entry))
  if (known?.message.test(why)) return { why: known.why }
  const loads = known === undefined && why === ''
  return { passed: loads ? 1 : 0, failed: loads ? 0 : 1, loads }
}

function document(text: string): void {
  const page = `${root}docs/runtimes.md`
  const [begin, end] = ['<!-- table -->', '<!-- end of table -->']
  const before = readFileSync(page, 'utf8')
  const [head = '', rest = ''] = before.split(begin)
  const tail = rest.slice(rest.indexOf(end))
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync(
    page,
    `${head}${begin}\n\nMeasured on ${day} by \`npm run runtimes -- --write\`, on ${process.platform} ${process.arch}.\n\n${text}\n\n${tail}`,
  )
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})
if (!existsSync(`${root}dist/index.js`)) throw new Error('build first: npm run build')
if (!existsSync(`${here}node_modules`)) {
  process.stderr.write('installing the runtimes\n')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
    cwd: here,
    stdio: 'inherit',
  })
}

const wanted = runtimes.filter(
  ({ name }) =>
    positionals.length === 0 || positionals.some((given) => name.toLowerCase().startsWith(given.toLowerCase())),
)
const folder = userFolder()
const results: (Result | undefined)[] = new Array(wanted.length)
try {
  // Two at a time: most of what they do is to wait for timers.
  const queue = wanted.entries()
  const work = async (): Promise<void> => {
    for (const [index, runtime] of queue) {
      results[index] = await resultOf(runtime, folder).catch((error: unknown) => {
        problems.push(`${runtime.name} ended: ${error instanceof Error ? error.message : error}`)
        return undefined
      })
    }
  }
  await Promise.all([work(), work()])
} finally {
  rmSync(folder, { recursive: true })
}

const rows: readonly Row[] = [
  ...suites.map((suite) => ({ title: suite.title, cells: results.map((result) => suiteCell(result, suite)) })),
  { title: 'requests at once through shared policies', cells: results.map(requestsCell) },
  ...entries.map((entry) => ({
    title: `loads \`${entry}\``,
    cells: results.map(
      (result) => result && entryCell(result.runtime.name, entry, result.loaded[entry] ?? 'nothing was told'),
    ),
  })),
]
const table = tableOf(
  results.map((result, index) => result?.title ?? wanted[index]?.name ?? ''),
  rows,
)
console.log(`\n${table}`)
if (values.write && positionals.length === 0) document(table)
if (problems.length > 0) {
  console.log(`\n${problems.length} problems:\n\n${problems.join('\n')}`)
  process.exitCode = 1
}
