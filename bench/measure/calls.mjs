/** Measures the calls of one case: time and bytes beside the bare call. */
import { work as plain } from '../cases/work.mjs'
import { bytes } from './bytes.mjs'
import { held } from './held.mjs'
import { time } from './time.mjs'

async function opOf(who, { subject, build, work = plain, args = [] }) {
  if (subject !== undefined) return await subject(who)
  const peer = await import(`../peers/${who === 'without' ? 'holdfast' : who}.mjs`)
  return await peer[build](work, ...args)
}

async function subjectsOf(test, who) {
  const names = ['holdfast', ...(test.without === undefined ? [] : ['without']), ...who]
  const subjects = []
  for (const name of names) {
    const op = await opOf(name, name === 'without' ? { ...test, build: test.without } : test)
    subjects.push({ name, op })
  }
  return subjects
}

function settings(test) {
  return { bareShape: test.shape ?? 'await', ...test, shape: test.shape ?? 'await' }
}

export async function timeOf(test, who, effort) {
  return await time(await subjectsOf(test, who), test.bare ?? plain, settings(test), effort)
}

export async function bytesOf(test, who) {
  const subjects = await subjectsOf(test, who)
  const bare = test.bare ?? plain
  if (!test.held) return await bytes(subjects, bare, settings(test))
  const flight = (op) => async (count) => {
    const calls = Array.from({ length: count }, () => op())
    return {
      async end() {
        await test.started(count)
        await Promise.all(calls)
      },
    }
  }
  const base = await held(flight(bare), test.size)
  const found = {}
  for (const { name, op } of subjects) {
    const each = await held(flight(op), test.size)
    found[name] = { each, beyond: each - base }
  }
  return found
}
