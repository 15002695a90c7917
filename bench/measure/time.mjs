/**
 * Time of a call as a ratio to the bare call. In every round each contender runs right after the bare call, so a machine
 * that is busy for a while slows both, and what is left of it goes away in the median.
 */
import { loopOf } from './loop.mjs'
import { spread } from './spread.mjs'

async function perCall({ loop, op }, n) {
  const start = performance.now()
  await loop(op, n)
  return (performance.now() - start) / n
}

/** Warms up, so that the compilers are done, and finds how many calls fill `ms`. */
async function calibrate(subject, size, ms) {
  let n = size
  const start = performance.now()
  for (let runs = 1; ; runs++) {
    const each = await perCall(subject, n)
    const spent = performance.now() - start
    if ((runs >= 6 && spent >= Math.max(200, 2 * ms)) || spent > 20 * ms) {
      return Math.max(size, Math.round(ms / Math.max(each, 1e-7) / size) * size)
    }
    if (each * n < ms / 4) n *= 2
  }
}

export async function time(subjects, bare, { shape, size = 1, started, bareShape = shape }, { rounds, ms }) {
  const base = { loop: loopOf(bareShape, size, bareShape === 'batch' ? started : undefined), op: bare }
  base.n = await calibrate(base, bareShape === 'batch' ? size : 1, ms / 2)
  const running = []
  for (const { name, op } of subjects) {
    const subject = { name, op, loop: loopOf(shape, size, started), ratios: [] }
    subject.n = await calibrate(subject, size, ms)
    running.push(subject)
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < running.length; i++) {
      const subject = running[(i + round) % running.length]
      globalThis.gc()
      const unit = await perCall(base, base.n)
      subject.ratios.push((await perCall(subject, subject.n)) / unit)
    }
  }
  return Object.fromEntries(running.map(({ name, ratios }) => [name, spread(ratios)]))
}
