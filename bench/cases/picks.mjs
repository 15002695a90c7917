/**
 * One pick of each selection, and one call through a pool. Picks have no promise in them. They are asked for the lists of a
 * real pool, whose members have had calls and have some under way.
 */
import {
  consistentHash,
  dynamic,
  earliestDeadline,
  failoverPool,
  ketama,
  latencyWindow,
  leastPending,
  maglev,
  ordered,
  peakEwma,
  random,
  reportedLoad,
  roundRobin,
  twoChoices,
  weighted,
} from '../../dist/failover.js'
import * as limit from '../limits/picks.mjs'

/** Selections by what a pick costs: the same at any size, by its logarithm, or by the size itself. */
const constant = {
  'round-robin': roundRobin,
  random,
  ordered,
  'two-choices': twoChoices,
  'peak-ewma': peakEwma,
  'latency-window': latencyWindow,
  dynamic,
  maglev: () => consistentHash({ table: maglev() }),
}
const logarithmic = {
  'earliest-deadline': earliestDeadline,
  'reported-load': reportedLoad,
  // 160 points a unit of weight are more than a ring of 10,000 members may have.
  ketama: () => consistentHash({ table: ketama({ points: 40 }) }),
}
const linear = { weighted, 'least-pending': leastPending, rendezvous: () => consistentHash() }
const selections = { ...constant, ...logarithmic, ...linear }
const sizes = [3, 100, 10_000]
const call = { key: 'k', priority: 0 }

/** What picks, and from what: the pool's own, after some calls. */
async function atWork(selection, size) {
  const seen = {}
  const watched = {
    kind: 'watched',
    start(context) {
      seen.picker = selection().start(context)
      const { settled, next } = seen.picker
      return {
        pick(candidates, call, now) {
          seen.candidates = candidates
          return seen.picker.pick(candidates, call, now)
        },
        next: next?.bind(seen.picker),
        settled: settled?.bind(seen.picker),
      }
    },
  }
  const members = Array.from({ length: size }, (_, i) => ({ target: i, name: `m${i}`, weight: 1 + (i % 5) }))
  const pool = failoverPool(members, { selection: watched })
  for (let i = 0; i < 2 * size; i++) await pool.execute(() => i)
  for (let i = 0; i < size; i++) pool.execute(() => new Promise(() => {}))
  return () => seen.picker.pick(seen.candidates, call, 0)
}

/** undici adds each upstream by a walk over all, so ten thousand of them take too long to set up. */
async function undiciPick(name, size) {
  const undici = await import('../peers/undici.mjs')
  return name === 'weighted' ? undici.balanced(size) : undici.roundRobin(size)
}

function pickCase(name, size) {
  const peers = size <= 100 && (name === 'weighted' || name === 'round-robin') ? ['undici'] : []
  const isConstant = Object.hasOwn(constant, name)
  return {
    name: `pick-${name}-${size}`,
    title: `${name}, ${size.toLocaleString('en')} members`,
    shape: 'sync',
    bareShape: 'await',
    by: [...(isConstant ? ['limit'] : []), ...peers],
    ...(isConstant && { target: { ofLimit: 4 } }),
    subject(who) {
      if (who === 'undici') return undiciPick(name, size)
      if (who === 'limit') return limit.random(Array.from({ length: size }, (_, i) => ({ i })))
      return atWork(selections[name], size)
    },
  }
}

export const picks = [
  ...Object.keys(selections).flatMap((name) => sizes.map((size) => pickCase(name, size))),
  ...sizes.map((size) => ({
    name: `pool-${size}`,
    title: `a call through a pool of ${size.toLocaleString('en')}`,
    build: 'pooled',
    args: [size],
    by: [],
  })),
].map((each) => ({ ...each, group: 'picks' }))
