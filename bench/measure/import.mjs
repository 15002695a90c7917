/** Time to start a process that imports a package, as a ratio to one that imports nothing. */
import { spawnSync } from 'node:child_process'
import { spread } from './spread.mjs'

function start(code) {
  const before = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - before
}

export function importTime(_test, who, { rounds }) {
  const ratios = Object.fromEntries(['holdfast', ...who].map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(ratios)) {
      const what = name === 'holdfast' ? new URL('../../dist/index.js', import.meta.url).href : name
      const empty = start('process.exit()')
      ratios[name].push(start(`await import('${what}'); process.exit()`) / empty)
    }
  }
  return Object.fromEntries(Object.entries(ratios).map(([name, all]) => [name, { ratio: spread(all) }]))
}
