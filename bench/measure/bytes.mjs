/**
 * Bytes a call allocates: the growth of the heap over many calls, in a process whose young generation is so large that no
 * collection falls in. Calls are counted out so that they cannot fill it.
 */
import { loopOf } from './loop.mjs'
import { spread } from './spread.mjs'

const room = 48 * 2 ** 20
const rounds = 5

/** Code that the compilers make meanwhile is allocated too: past them first, however fast or slow the calls are. */
async function warmUp(loop, op, size) {
  const end = performance.now() + 150
  while (performance.now() < end) await loop(op, Math.max(size, 1000))
}

async function grown(loop, op, n) {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  await loop(op, n)
  return (process.memoryUsage().heapUsed - before) / n
}

export async function bytes(subjects, bare, { shape, size = 1, started, bareShape = shape }) {
  const found = {}
  for (const { name, op } of [{ name: 'bare', op: bare, shape: bareShape }, ...subjects]) {
    const own = name === 'bare' ? bareShape : shape
    const loop = loopOf(own, size, own === 'batch' ? started : undefined)
    await warmUp(loop, op, size)
    const guess = Math.max(16, await grown(loop, op, size))
    const n = Math.max(size, Math.floor(Math.min(50_000, room / guess) / size) * size)
    const seen = []
    for (let i = 0; i < rounds; i++) seen.push(await grown(loop, op, n))
    found[name] = spread(seen).median
  }
  const { bare: base, ...rest } = found
  return Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, { each, beyond: each - base }]))
}
