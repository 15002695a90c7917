/** One pick of each selection, and one call through a pool. Picks have no promise in them. */
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
  ketama: () => consistentHash({ table: ketama() }),
}
const linear = { weighted, 'least-pending': leastPending, rendezvous: () => consistentHash() }
const selections = { ...constant, ...logarithmic, ...linear }
const sizes = [3, 100, 10_000]
const call = { key: 'k', priority: 0 }

const candidates = (size) =>
  Array.from({ length: size }, (_, i) => ({
    name: `m${i}`,
    ordinal: i,
    target: i,
    weight: 1 + (i % 5),
    warmth: 1,
    zone: undefined,
    priority: 0,
    pending: i % 4,
    latency: 1 + (i % 10),
    load: { utilisation: 0.5, rate: 10 + (i % 7), errors: 0, at: 0 },
    reach: 'all',
    reliability: () => 1,
  }))

/** undici adds each upstream by a walk over all, so ten thousand of them take too long to set up. */
async function undiciPick(name, size) {
  const undici = await import('../peers/undici.mjs')
  return name === 'weighted' ? undici.balanced(size) : undici.roundRobin(size)
}

function pickCase(name, size) {
  const peers = size <= 100 && (name === 'weighted' || name === 'round-robin') ? ['undici'] : []
  const limits = name === 'round-robin' || name === 'random' ? ['limit'] : []
  return {
    name: `pick-${name}-${size}`,
    title: `${name}, ${size.toLocaleString('en')} members`,
    shape: 'sync',
    bareShape: 'await',
    by: [...limits, ...peers],
    subject(who) {
      if (who === 'undici') return undiciPick(name, size)
      const members = candidates(size)
      if (who === 'limit') return name === 'random' ? limit.random(members) : limit.roundRobin(members)
      const picker = selections[name]().start({ random: Math.random, members: () => members, panic: 0.5 })
      return () => picker.pick(members, call, 0)
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
