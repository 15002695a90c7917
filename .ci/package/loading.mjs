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
  const shapes = async (commands) => (await runAll(commands)).map((text) => new Map(JSON.parse(text)))
  const fresh = await shapes(each.map(shown))
  const used = await shapes(each.map((one) => shown([...one, 'used'])))
  const faults = each.flatMap(([format, entry], i) => {
    const changed = [...fresh[i]].filter(([name, shape]) => used[i].get(name) !== shape)
    return changed.map(([name]) => `${named(entry)} (${format}) exports another ${name} after use`)
  })
  for (const [i, entry] of entries.entries()) {
    const [esm, cjs] = [fresh[i], fresh[entries.length + i]].map((shape) => [...shape.keys()].join())
    if (esm !== cjs) faults.push(`${named(entry)} exports ${esm} by import, and ${cjs} by require`)
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

/**
 * One core under all entries of a format: what two of them export by one name is one thing, and so are errors made by one. The
 * tracker of `holdfast/availability/core` is another one by design.
 */
export function identity() {
  const names = JSON.stringify(entries.filter((entry) => entry !== './availability/core').map(named))
  const body = `
    const [all, ...rooms] = await Promise.all(${names}.map(load))
    for (const room of rooms) {
      for (const name of Object.keys(room)) {
        if (name in all && room[name] !== all[name]) throw new Error('two copies of ' + name + ' in one format')
      }
    }
    const breaker = (await load('holdfast/circuit-breaker')).circuitBreaker()
    breaker.isolate()
    const error = await breaker.execute(() => 1).catch((error) => error)
    if (!(error instanceof all.CircuitOpenError)) throw new Error('two copies of the core in one format')
    const other = (await import('holdfast')).isHoldfastError
    if (!other(error)) throw new Error('an error of one build is a stranger to the other')`
  const whole = (load) => `const load = ${load}; (async () => {${body}
    })().catch((error) => { console.error(error); process.exit(1) })`
  run('node', ['--input-type=module', '-e', whole('(name) => import(name)')])
  run('node', ['--input-type=commonjs', '-e', whole('(name) => require(name)')])
}
