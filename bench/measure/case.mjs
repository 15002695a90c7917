/** Runs the parts of a case, each in a process of its own. */
import { fork } from 'node:child_process'

/** Time is taken with the memory settings people run with; bytes in a young generation that no collection enters. */
const flags = { bytes: ['--min-semi-space-size=256', '--max-semi-space-size=256'] }

function inChild(part, test, who, effort) {
  const child = fork(new URL('../child.mjs', import.meta.url), {
    execArgv: ['--expose-gc', '--no-warnings', ...(flags[part] ?? [])],
  })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill()
      reject(new Error(`${test.name}: no answer in ten minutes`))
    }, 600_000)
    child.once('message', ({ found, error }) => {
      if (error === undefined) resolve(found)
      else reject(new Error(`${test.name}: ${error}`))
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`${test.name}: its process ended with ${code}`))
    })
    child.send({ name: test.name, part, who, effort })
  })
}

/** What was found, by contender: `{ ratio: { median, min, max }, bytes }`. */
export async function measure(test, effort) {
  const who = effort.peers ? test.by : []
  if (test.kind !== undefined) return await inChild(test.kind, test, who, effort)
  const ratios = await inChild('time', test, who, effort)
  // A pick or a record makes nothing; where it does, its time shows it.
  const bytes = test.shape === 'sync' ? {} : await inChild('bytes', test, who, effort)
  return Object.fromEntries(
    Object.entries(ratios).map(([name, ratio]) => {
      const found = bytes[name]
      return [name, { ratio, ...(found && { bytes: Math.round(found.beyond), all: Math.round(found.each) }) }]
    }),
  )
}
