/**
 * Packs the package as it would be published and uses it from a folder of its own: every entry alone, by import and by
 * require, its command, and its types from ESM and from CJS, with this TypeScript and with those named on the command line.
 *
 * Run it after `npm run build`.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** Optional peers of adapters, and what these need. */
const optional = [
  'node-zookeeper-client',
  'async',
  'underscore',
  '@types/node-zookeeper-client',
  'prom-client',
  'tdigest',
  'bintrees',
  '@opentelemetry/api',
]
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))

function run(command, args) {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    console.error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`)
    process.exit(1)
  }
}

const named = (entry) => `holdfast${entry.slice(1)}`

function install() {
  const [packed] = JSON.parse(run('npm', ['pack', root, '--ignore-scripts', '--json', '--loglevel', 'error']))
  run('tar', ['xzf', packed.filename])
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  renameSync(join(folder, 'package'), join(folder, 'node_modules/holdfast'))
  const needed = [...Object.keys(manifest.dependencies), 'is-network-error', '@types/node', 'undici-types', ...optional]
  for (const name of needed) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
  }
  const stray = packed.files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(dist\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|THIRD-PARTY\.md$|monitoring\/[a-z-]+\.(json|yml)$)/.test(
          path,
        ),
    )
  if (stray.length > 0) throw new Error(`the package holds what it should not: ${stray.join(', ')}`)
  return packed
}

/** Each entry in a process of its own, so that none leans on another. */
function load() {
  for (const entry of entries) {
    const name = named(entry)
    const count = `if (Object.keys(room).length === 0) throw new Error('${name} exports nothing')`
    run('node', ['--input-type=module', '-e', `import * as room from '${name}'; ${count}`])
    // Without require(esm), as in the oldest Node that may read the CJS build.
    run('node', ['--no-experimental-require-module', '-e', `const room = require('${name}'); ${count}`])
  }
}

/** One core under all entries: an error made by one is known by its class in the others. */
function identity() {
  const body = (all, circuit) => `
    const breaker = ${circuit}.circuitBreaker()
    breaker.isolate()
    const error = await breaker.execute(() => 1).catch((error) => error)
    if (!(error instanceof ${all}.CircuitOpenError)) throw new Error('two copies of the core in one format')`
  run('node', [
    '--input-type=module',
    '-e',
    `import * as all from 'holdfast'; import * as room from 'holdfast/circuit-breaker'; ${body('all', 'room')}`,
  ])
  run('node', [
    '-e',
    `const all = require('holdfast'); const room = require('holdfast/circuit-breaker'); (async () => {${body('all', 'room')}
    const other = (await import('holdfast')).isHoldfastError
    if (!other(error)) throw new Error('an error of the CJS build is a stranger to the ESM build')
    })().catch((error) => { console.error(error); process.exit(1) })`,
  ])
}

/** As `npx holdfast` finds it: by the package's bin, without its libraries beside it. */
function command() {
  for (const name of ['commander', 'picocolors']) {
    if (existsSync(join(folder, 'node_modules', name))) throw new Error(`${name} is there, so nothing is proved`)
  }
  const bin = join(folder, 'node_modules/holdfast', manifest.bin.holdfast)
  if ((statSync(bin).mode & 0o111) === 0) throw new Error('the command cannot be executed')
  mkdirSync(join(folder, 'node_modules/.bin'))
  symlinkSync(bin, join(folder, 'node_modules/.bin/holdfast'))
  writeFileSync(join(folder, 'log.csv'), 'start,end\n2026-01-01 00:00,2026-01-01 06:00\n')
  const written = run('npx', [
    '--no-install',
    'holdfast',
    'report',
    'log.csv',
    '--window',
    '2026-01-01',
    '--format',
    'json',
  ])
  if (JSON.parse(written).availability !== 0.75) throw new Error(`the command reports ${written}`)
}

const consumer = `
import { exponential, fallback, pipeline, retry, timeout } from 'holdfast'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock()
const breaker = circuitBreaker({ consecutiveFailures: 3, openFor: '10s' })
const stock = pipeline({ name: 'stock', clock }, fallback({ value: null }), retry({ backoff: exponential() }), breaker, timeout('1s'))
export const item: Promise<{ readonly id: string } | null> = stock.execute(async ({ attempt }) => ({ id: String(attempt) }))
stock.on('open', ({ policy, cause }) => console.log(policy.length, cause === 'rate'))
// @ts-expect-error an option that does not exist
circuitBreaker({ threshold: 3 })
// @ts-expect-error the fallback's null is part of the result
export const wrong: Promise<{ readonly id: string }> = stock.execute(async () => ({ id: '1' }))
`

function types(compiler) {
  const every = entries.map((entry, i) => `export * as room${i} from '${named(entry)}'\n`).join('')
  for (const extension of ['mts', 'cts']) writeFileSync(join(folder, `consumer.${extension}`), consumer + every)
  const strict = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022', '--types', 'node']
  const [command, ...args] = compiler
  run(command, [
    ...args,
    ...strict,
    '--module',
    'node16',
    '--moduleResolution',
    'node16',
    'consumer.mts',
    'consumer.cts',
  ])
  run(command, [...args, ...strict, '--module', 'esnext', '--moduleResolution', 'bundler', 'consumer.mts'])
}

const packed = install()
load()
identity()
command()
types(['node', join(root, 'node_modules/typescript/bin/tsc')])
for (const version of process.argv.slice(2)) types(['npx', '--yes', '-p', `typescript@${version}`, 'tsc'])
rmSync(folder, { recursive: true })
console.log(`${packed.filename}: ${entries.length} entries, ${packed.entryCount} files, ${packed.unpackedSize} bytes`)
