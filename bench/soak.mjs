/**
 * A mixed load through a full stack for a long time: does anything grow, and what does the event loop feel of it?
 *
 *   node --expose-gc bench/soak.mjs [--minutes 1] [--rate 10000]
 *
 * Every fourth slice is the same load without holdfast, so that both meet the same machine. Ends with 1 where heap,
 * handles or listeners have grown.
 */
import { parseArgs } from 'node:util'
import { load } from './soak/load.mjs'
import { seeded } from './soak/random.mjs'
import { bareCalls, protectedCalls } from './soak/stack.mjs'
import { state } from './soak/state.mjs'
import { verdict } from './soak/verdict.mjs'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, rate: { type: 'string', default: '10000' } },
})
const rate = Number(values.rate)
const minutes = Number(values.minutes)
if (!(rate > 0 && minutes > 0)) throw new TypeError('--minutes and --rate must be numbers > 0')

const slices = Math.max(16, 4 * Math.round(minutes))
const ms = (minutes * 60_000) / slices
const random = seeded(7)
const counts = { holdfast: new Map(), bare: new Map() }
const calls = { holdfast: protectedCalls(), bare: bareCalls() }
const delays = { holdfast: [], bare: [] }
const samples = []
let total = 0

for (let slice = 0; slice < slices; slice++) {
  const who = slice % 4 === 3 ? 'bare' : 'holdfast'
  const seen = await load(calls[who], { rate, ms, random, counts: counts[who] })
  // The first slice compiles.
  if (slice > 0) delays[who].push(seen)
  if (who === 'bare') continue
  total += seen.calls
  const now = await state()
  samples.push({ ...now, total })
  console.log(
    `${total.toLocaleString('en').padStart(12)} calls  heap ${(now.heap / 2 ** 20).toFixed(2)} MB  ` +
      `handles ${now.handles}  listeners ${now.listeners}  event loop p99 ${seen.p99.toFixed(2)} ms`,
  )
}

const mean = (who, what) => delays[who].reduce((sum, one) => sum + one[what], 0) / delays[who].length
const { each, wrong } = verdict(samples)

console.log('\noutcomes with holdfast:')
for (const [name, count] of [...counts.holdfast].sort())
  console.log(`  ${name.padEnd(32)} ${count.toLocaleString('en')}`)
console.log(`\nheap growth ${each.toFixed(2)} bytes a call`)
for (const what of ['p50', 'p99']) {
  const [own, bare] = [mean('holdfast', what), mean('bare', what)]
  const times = (own / bare).toFixed(2)
  console.log(`event loop ${what}: ${own.toFixed(2)} ms, without ${bare.toFixed(2)} ms (${times}×)`)
}
for (const words of wrong) console.error(`grows: ${words}`)
process.exitCode = wrong.length > 0 ? 1 : 0
