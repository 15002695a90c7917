import type { MemberStatus } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { DesiredState } from '../../../src/adapters/haproxy/desired-state.ts'

function member(name: string, fields: Partial<MemberStatus<unknown>> = {}): MemberStatus<unknown> {
  return {
    name,
    target: name,
    weight: 1,
    zone: undefined,
    priority: 0,
    state: 'up',
    admin: 'ready',
    warmth: 1,
    reliability: 1,
    pending: 0,
    latency: undefined,
    ejectedUntil: undefined,
    ...fields,
  }
}

/** The weights after so many steps of learning. */
function weights(
  members: readonly MemberStatus<unknown>[],
  steps = 0,
  desired = new DesiredState(0.5),
): readonly number[] {
  for (let i = 0; i < steps; i++) desired.learn(members)
  return [...desired.of(members).values()].map(({ weight }) => weight)
}

describe('weights', () => {
  it('are proportional to those of the pool without measurements', () => {
    expect(weights([member('a', { weight: 5 }), member('b'), member('c', { weight: 0 })], 20)).toEqual([100, 20, 0])
    expect(weights([member('a', { weight: 0 }), member('b', { weight: 0 })])).toEqual([100, 100])
    expect(weights([])).toEqual([])
  })

  it('move step by step towards mean latency over own latency', () => {
    const members = [member('a', { latency: 10 }), member('b', { latency: 30 })]

    expect(weights(members, 1)).toEqual([130, 90])
    expect(weights(members, 50)).toEqual([200, 67])
  })

  it('follow the success rate', () => {
    expect(weights([member('a'), member('b', { reliability: 0.5 })], 50)).toEqual([100, 50])
  })

  it('are between 1 and 256, and at most halve in one step', () => {
    const members = [member('a', { weight: 1000, latency: 1 }), member('b', { latency: 10_000, weight: 1000 })]
    const light = member('c')

    expect(weights([...members, light], 1).slice(1)).toEqual([85, 1])
    expect(weights([...members, light], 50)).toEqual([256, 50, 1])
    expect(weights([member('a'), member('b', { reliability: 0.02, latency: 10_000 })], 30)[1]).toBe(5)
  })

  it('treat latencies below a millisecond as equal', () => {
    expect(weights([member('a', { latency: 0 }), member('b', { latency: 0.9 })], 50)).toEqual([100, 100])
  })

  it('treat a member without measurements as average', () => {
    const members = [member('a', { latency: 10 }), member('b', { latency: 30 }), member('c')]

    expect(weights(members, 50)[2]).toBe(100)
  })

  it('follow warmth', () => {
    expect(weights([member('a'), member('b', { state: 'warming', warmth: 0.1 })])).toEqual([100, 10])
  })

  it('are 0 for an ejected member, and as before once it is back', () => {
    const desired = new DesiredState(0.5)
    const slow = { latency: 30 }
    const [a, b] = [member('a', { latency: 10 }), member('b', slow)]
    expect(weights([a, b], 50, desired)).toEqual([200, 67])
    const out = member('b', { ...slow, state: 'ejected' })

    expect(weights([a, out], 1, desired)[1]).toBe(0)
    expect(weights([a, { ...out, state: 'probing' }], 1, desired)[1]).toBe(0)
    expect(weights([a, b], 0, desired)[1]).toBe(67)
  })

  it('are not 0 when too few members are healthy', () => {
    const [a, b, c] = [member('a'), member('b', { state: 'ejected' }), member('c', { state: 'ejected' })]

    expect(weights([a, b])).toEqual([100, 0])
    expect(weights([a, b, c])).toEqual([100, 100, 100])
    expect(weights([a, b, c], 0, new DesiredState(0))).toEqual([100, 0, 0])
    // Who does not serve is no reason to panic.
    expect(weights([a, member('b', { state: 'ejected', admin: 'drain' })])).toEqual([100, 0])
  })
})

describe('admin states', () => {
  it('are those of the pool', () => {
    const members = (['ready', 'drain', 'maintenance'] as const).map((admin) => member(admin, { admin }))

    expect([...new DesiredState(0.5).of(members)].map(([name, { admin }]) => [name, admin])).toEqual(
      members.map(({ name, admin }) => [name, admin]),
    )
  })
})
