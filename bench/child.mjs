/** Measures one case in a process of its own, for `run.mjs`: `{ name, part, who, effort }` in, what was found out. */
import { cases } from './cases/index.mjs'
import { bytesOf, timeOf } from './measure/calls.mjs'
import { idle } from './measure/idle.mjs'
import { importTime } from './measure/import.mjs'

const parts = { time: timeOf, bytes: bytesOf, idle, import: importTime }

process.once('message', async ({ name, part, who, effort }) => {
  try {
    const test = cases.find((each) => each.name === name)
    process.send({ found: await parts[part](test, who, effort) }, () => process.exit(0))
  } catch (error) {
    process.send({ error: error.stack }, () => process.exit(1))
  }
})
