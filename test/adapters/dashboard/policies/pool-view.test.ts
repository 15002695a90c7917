import { bulkhead, circuitBreaker, failoverPool, ordered, pipeline, retry } from 'holdfast'
import { dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { BasePolicy } from '../../../../src/core/policy.ts'
import { policyOf } from '../../../../src/core/policy-of.ts'
import { open } from '../client.ts'
import { attempt, fail, shown } from './shown.ts'

describe('a failover pool', () => {
  const pool = (clock = virtualClock({ wall: 1_000_000 })) =>
    failoverPool(['a', { name: 'b', target: 'b', weight: 2, zone: 'z', priority: 1 }], {
      name: 'db',
      clock,
      selection: ordered(),
      guard: () => pipeline(retry(0), circuitBreaker({ name: 'guard' })),
      outlier: { consecutiveFailures: 1, ejectFor: '10s' },
      maxEjected: 1,
    } as never)

  it('shows its members and the breakers that guard them', async () => {
    const { board } = shown([pool()])

    const { facts } = await open(board)

    const id = 'pool:["db",null,null,"db"]'
    expect(facts.get(id)).toEqual({
      kind: 'pool',
      policy: 'db',
      pool: null,
      member: null,
      name: 'db',
      failovers: 0,
      exhausted: 0,
    })
    const members = [...facts.values()].filter(({ kind }) => kind === 'member')
    expect(members).toMatchObject([
      { pool: id, name: 'a', state: 'unknown', weight: 1, pending: 0, latency: null, zone: null, priority: 0 },
      { pool: id, name: 'b', weight: 2, zone: 'z', priority: 1, ejectedUntil: null, ejections: 0 },
    ])
    expect(members[0]).toMatchObject({ breaker: 'breaker:["db","db","a","guard"]' })
    expect(facts.get('breaker:["db","db","a","guard"]')).toMatchObject({ policy: 'db', pool: 'db', member: 'a' })
    expect(facts.has('retry:["db","db","b","retry"]')).toBe(true)
  })

  it('counts failovers, exhaustions and ejections, and shows the end of an ejection by the wall clock', async () => {
    const clock = virtualClock({ wall: 1_000_000 })
    const members = pool(clock)
    const board = dashboard({ policies: [members], clock })
    const stream = await open(board)
    await attempt(members, fail)
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.get('pool:["db",null,null,"db"]')).toMatchObject({ failovers: 1, exhausted: 1 })
    const id = 'member:["pool:[\\"db\\",null,null,\\"db\\"]","a"]'
    expect(stream.facts.get(id)).toMatchObject({ state: 'ejected', ejections: 1, ejectedUntil: 1_010_000 })
    await clock.advance(5000)
    await stream.frames()
    expect(stream.facts.get(id)).toMatchObject({ ejectedUntil: 1_010_000 })
  })

  it('shows no end of an ejection that only a check can end', async () => {
    const clock = virtualClock()
    const check = { run: fail, every: '1s', fall: 1, initial: 'down' }
    const members = failoverPool(['a'], { name: 'db', clock, check, maxEjected: 1 } as never)
    const board = dashboard({ policies: [members], clock })
    await clock.settle(members.ready())

    const { facts } = await open(board)

    expect(members.members[0]?.ejectedUntil).toBe(Number.POSITIVE_INFINITY)
    expect(facts.get('member:["pool:[\\"db\\",null,null,\\"db\\"]","a"]')).toMatchObject({
      state: 'ejected',
      ejectedUntil: null,
    })
    members.close()
  })

  it('follows changes of its members, and unsubscribes from the guards of removed ones', async () => {
    const clock = virtualClock({ wall: 1_000_000 })
    const members = pool(clock)
    const board = dashboard({ policies: [members], clock })
    const stream = await open(board)
    const names = () => [...stream.facts.keys()].filter((id) => id.startsWith('breaker')).sort()
    const id = (member: string) => `breaker:["db","db","${member}","guard"]`
    members.add('c')
    members.remove('a')
    await clock.advance(500)
    await stream.frames()
    expect(names()).toEqual([id('b'), id('c')])
    members.remove('c')
    members.add('c')
    members.update('c', { admin: 'drain' })
    await clock.advance(500)
    await stream.frames()

    expect(names()).toEqual([id('b'), id('c')])
    const c = 'member:["pool:[\\"db\\",null,null,\\"db\\"]","c"]'
    expect(stream.facts.get(c)).toMatchObject({ state: 'drain', ejections: 0 })
  })

  it('is unsubscribed from with everything inside it', async () => {
    const inside: BasePolicy[] = []
    const guarded = failoverPool(['a'], {
      guard: () => {
        const guard = pipeline(bulkhead({ limit: 1 }), circuitBreaker())
        inside.push(...(policyOf(guard) as BasePolicy).parts)
        return guard
      },
    } as never)
    const { board } = shown([guarded])
    const wanted = () => inside.map(({ events }) => events.hasListeners('reject'))
    expect(wanted()).toEqual([true, true])
    board.close()

    expect(wanted()).toEqual([false, false])
    expect(
      ['failover', 'eject', 'membersChanged'].map((event) => policyOf(guarded)?.events.hasListeners(event)),
    ).toEqual([false, false, false])
  })

  it('can be stopped by a listener for a new member, whose guard is not watched then', async () => {
    const pool = failoverPool(['a'], { name: 'api', clock: virtualClock(), guard: () => circuitBreaker() })
    const { board } = shown([])
    const watching = board.watch(pool)
    pool.on('membersChanged', () => watching.stop())
    pool.add('b')

    expect([...(await open(board)).facts.keys()]).toEqual([])
  })

  it('may have no guards, and may guard a member of another pool', async () => {
    const inner = failoverPool(['x'], { name: 'inner' })
    const outer = failoverPool(['a'], { name: 'outer', guard: () => inner } as never)
    const { board } = shown([outer])

    const { facts } = await open(board)

    expect(facts.get('pool:["outer","outer","a","inner"]')).toMatchObject({ pool: 'outer', member: 'a', name: 'inner' })
    const members = [...facts.values()].filter(({ kind }) => kind === 'member')
    expect(members).toHaveLength(2)
    expect(members).toEqual(
      expect.arrayContaining(['a', 'x'].map((name) => expect.objectContaining({ name, breaker: null }))),
    )
  })

  it('counts the events of its own members, not those of the pools behind them', async () => {
    const { clock, board } = shown([])
    const inner = failoverPool(['x', 'y'], { name: 'inner', clock, selection: ordered() })
    const outer = failoverPool(['a'], { name: 'outer', clock, guard: () => inner } as never)
    board.watch(outer)
    await attempt(outer, fail)

    const { facts } = await open(board)

    expect(facts.get('pool:["outer","outer","a","inner"]')).toMatchObject({ failovers: 1, exhausted: 1 })
    expect(facts.get('pool:["outer",null,null,"outer"]')).toMatchObject({ failovers: 0, exhausted: 1 })
  })
})
