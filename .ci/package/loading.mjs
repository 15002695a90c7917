/** Loads every entry by `import` and by `require`, alone and after use, and looks that they share one core. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { entries, folder, named, run, runAll } from './consumer.mjs'
import { uses } from './use.mjs'

const here = new URL('.', import.meta.url).pathname

/**
 * Each entry in a process of its own, so that none leans on another; then each after all others were used, where it must
 * export what it did in a fresh process. A module that writes to its own exports while it runs fails there.
 */
export async function load() {
  const unused = entries.filter((entry) => uses[entry] === undefined)
  if (unused.length > 0) throw new Error(`.ci/package/use.mjs does not use ${unused.join(', ')}`)
  for (const file of ['shape.mjs', 'use.mjs']) cpSync(join(here, file), join(folder, file))
  const each = ['esm', 'cjs'].flatMap((format) => entries.map((entry) => [format, entry]))
  // Without require(esm), as in the oldest Node that may read the CJS build.
  const shown = (rest) => ['node', '--no-experimental-require-module', 'shape.mjs', ...rest]
  const fresh = await runAll(each.map(shown))
  const used = await runAll(each.map((one) => shown([...one, 'used'])))
  const other = new Set()
  for (const [index, [format, entry]] of each.entries()) {
    const before = new Map(JSON.parse(fresh[index]))
    const changed = JSON.parse(used[index]).filter(([name, shape]) => before.get(name) !== shape)
    for (const [name, shape] of changed)
      other.add(`${format}: ${named(entry)} exports another ${name}: ${shape.slice(0, 40)}`)
  }
  if (other.size > 0) throw new Error(`after use\n${[...other].join('\n')}`)
}

/** One core under all entries: an error made by one is known by its class in the others. */
export function identity() {
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
