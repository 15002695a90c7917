/** What was recorded from Nginx, beside what the same parts of a pool do. */
import { consistentHash, ketama, weighted } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../src/failover/hashing/ketama.ts'
import nginx from '../data/nginx-golden.json'
import { ask, candidate, candidates, keyless } from './selection/candidates.ts'

describe('weighted({ ramp: 1 })', () => {
  const { weights, attempts, served } = nginx.cases.recovery_ramp
  const all = candidates(weights)
  const [a, b, c] = all as [(typeof all)[number], (typeof all)[number], (typeof all)[number]]

  /** Requests as recorded; each is the names tried, as "a>b". */
  function replay(): string[] {
    const { picker } = ask(weighted({ ramp: 1 }))
    const pick = (among: typeof all) => picker.pick(among, keyless, 0)
    const seen = served.before.map(() => pick(all).name)
    // The first request that meets the failure goes on to another member; from then on `a` is hidden.
    const failed = pick(all)
    picker.settled?.(failed, false, 1, 0)
    seen.push(`${failed.name}>${pick([b, c]).name}`)
    while (seen.length < served.before.length + served.during.length) seen.push(pick([b, c]).name)
    while (seen.length < attempts.length) seen.push(pick([a, b, c]).name)
    return seen
  }

  it('leads a member back after a failure in the very order recorded from Nginx', () => {
    expect(replay()).toEqual(attempts)
  })
})

describe('ketama()', () => {
  const { servers, first_points: first, map } = nginx.cases.hash_consistent_ketama
  const addresses = Object.entries(servers)
  const nameOf = new Map(addresses.map(([name, address]) => [address, name]))

  it('puts its points where Nginx puts them', () => {
    const points = addresses.flatMap(([name, address]) =>
      [...pointsOf(address, 160)].map((point) => [point, name] as const),
    )
    points.sort(([one], [other]) => one - other)

    expect(points).toHaveLength(480)
    expect(points.slice(0, first.length)).toEqual(first)
  })

  it('gives each key recorded to the server Nginx gave it to', () => {
    const all = addresses.map(([, address], ordinal) => candidate(address, { ordinal }))
    const { pick } = ask(consistentHash({ table: ketama() }), { all })
    const found = Object.keys(map).map((key) => [key, nameOf.get(pick(all, key))])

    expect(found).toHaveLength(200)
    expect(Object.fromEntries(found)).toEqual(map)
  })
})
