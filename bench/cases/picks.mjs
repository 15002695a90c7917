/** One pick of each selection, and one call through a pool. Picks have no promise in them. */
import { ordered, random, roundRobin, weighted } from '../../dist/index.js'
import * as limit from '../limits/picks.mjs'

const selections = { 'round-robin': roundRobin, weighted, random, ordered }
const sizes = [3, 100, 10_000]
const call = { key: 'k', priority: 0 }

const candidates = (size) =>
  Array.from({ length: size }, (_, i) => ({
    name: `m${i}`,
    ordinal: i,
    target: i,
    weight: 1 + (i % 5),
    zone: undefined,
    priority: 0,
    pending: i % 4,
    latency: 1 + (i % 10),
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
      const picker = selections[name]().start({ random: Math.random })
      return () => picker.pick(members, call)
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
