import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, policy, retry, timeout } from 'holdfast'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { PolicyFact } from '../../../src/adapters/dashboard/wire/facts.ts'
import { type BasePolicy, policyOf } from '../../../src/core/policy.ts'
import { open } from './client.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}
const fine = async (): Promise<string> => 'fine'
const never = (): Promise<never> => new Promise(() => {})

async function attempt(target: { execute(op: never): Promise<unknown> }, op: () => Promise<unknown> = fine) {
  await target.execute(op as never).catch(() => {})
}

function shown(policies: DashboardOptions['policies'] & {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  return { clock, board: dashboard({ policies, clock }) }
}

describe('a policy that was handed over', () => {
  it('is the way of a call through it, outermost first, as it explains itself', async () => {
    const guarded = pipeline('pay', timeout('3s'), pipeline(retry({ retries: 2, name: 'again' }), timeout('1s')))
    const { board } = shown([guarded])

    const { facts } = await open(board)

    const { stages } = facts.get('policy:pay') as PolicyFact
    expect(stages.map(({ name }) => name)).toEqual(['timeout', 'again', 'timeout#2'])
    expect(facts.get('policy:pay')).toMatchObject({
      kind: 'policy',
      name: 'pay',
      policyKind: 'pipeline',
      stages: [
        { policyKind: 'timeout', options: [['after', '3000']], fact: 'timeout:["pay",null,null,"timeout"]' },
        { policyKind: 'retry', fact: 'retry:["pay",null,null,"again"]' },
        { policyKind: 'timeout', options: [['after', '1000']], fact: 'timeout:["pay",null,null,"timeout#2"]' },
      ],
    })
    const explained = guarded.explain().text.split('\n')
    for (const [index, { options }] of stages.entries()) {
      expect(explained[index + 1]).toContain(options.map((option) => option.join(' ')).join('; '))
    }
    for (const { fact } of stages) expect(facts.get(fact as string)).toMatchObject({ count: 0 })
  })

  it('may be one policy, or one of your own, which has no fact', async () => {
    const { board } = shown([policy('logged', (call, next) => next(call)), timeout('1s')])

    const { facts } = await open(board)

    expect(facts.get('policy:logged')).toMatchObject({
      policyKind: 'policy',
      stages: [{ name: 'logged', policyKind: 'policy', options: [], fact: null }],
    })
    expect(facts.get('policy:timeout')).toMatchObject({ stages: [{ fact: 'timeout:["timeout",null,null,"timeout"]' }] })
  })

  it('tells what its calls came to', async () => {
    const saving = fallback({ value: 'else', name: 'else' })
    const pay = pipeline('pay', saving, retry({ retries: 1, backoff: 0, name: 'again' }))
    const { clock, board } = shown([pay])
    const stream = await open(board)
    let tries = 0
    await attempt(pay)
    await clock.settle(attempt(pay, async () => (tries++ === 0 ? fail() : 'fine')))
    await clock.settle(attempt(pay, fail))
    const given = new AbortController()
    const left = pay.execute(never as never, { signal: given.signal }).catch(() => {})
    given.abort()
    await left

    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.get('calls:pay')).toEqual({
      kind: 'calls',
      policy: 'pay',
      success: 3,
      failure: 0,
      ignored: 1,
      attempts: 6,
      first: 1,
      saved: { again: 1, else: 1 },
    })
  })

  it('counts failures, too', async () => {
    const { clock, board } = shown([])
    const limit = timeout({ after: '1s', name: 'pay', clock })
    board.watch(limit)
    await clock.settle(attempt(limit, never))
    await attempt(limit, fail)

    const { facts } = await open(board)

    expect(facts.get('calls:pay')).toMatchObject({ success: 0, failure: 2, attempts: 2 })
    expect(facts.get('timeout:["pay",null,null,"pay"]')).toMatchObject({ policyKind: 'timeout', count: 1 })
  })

  it('is refused where it is none, or its name is taken', () => {
    const one = retry({ name: 'one' })
    const board = dashboard({ policies: [one] })

    expect(() => board.watch({} as never)).toThrow('dashboard: policies must be policies, got an object')
    expect(() => board.watch(timeout({ after: 1, name: 'one' }))).toThrow(
      'dashboard: policies must have names of their own, got "one" again',
    )
    expect(() => dashboard({ policies: [one, one] })).toThrow('got "one" again')
    board.close()
  })

  it('is gone when it is stopped, once, and may come again', async () => {
    const breaker = circuitBreaker({ name: 'db' })
    const { clock, board } = shown([])
    const watching = board.watch(breaker)
    const stream = await open(board)
    const ids = ['breaker:["db",null,null,"db"]', 'policy:db', 'calls:db']
    expect([...stream.facts.keys()]).toEqual(ids)
    watching.stop()
    await clock.advance(500)

    expect(await stream.frames()).toEqual([{ at: clock.wall(), gone: ids }])
    const again = board.watch(breaker)
    watching.stop()
    await clock.advance(500)
    await stream.frames()
    expect([...stream.facts.keys()]).toEqual(ids)
    again.stop()
    expect(breaker).toMatchObject({ events: { counters: undefined } })
  })
})

describe('policies in several places', () => {
  it('are shown where they were met first, as long as one of the places is there', async () => {
    const shared = circuitBreaker({ name: 'db' })
    const [one, two] = ['one', 'two'].map((name) => pipeline(name, retry(1), shared)) as [never, never]
    const { clock, board } = shown([])
    const [first, second] = [board.watch(one), board.watch(two)]
    const stream = await open(board)
    const id = 'breaker:["one",null,null,"db"]'
    expect(stream.facts.get('policy:two')).toMatchObject({ stages: [{}, { fact: id }] })
    first.stop()
    await clock.advance(500)
    await stream.frames()
    expect(stream.facts.has(id)).toBe(true)
    expect(stream.facts.has('policy:one')).toBe(false)

    // Another pipeline of the name meets another breaker of the name.
    board.watch(pipeline('one', circuitBreaker({ name: 'db' })))
    second.stop()
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.has(id)).toBe(false)
    expect(stream.facts.get('breaker:["one",null,null,"db#2"]')).toMatchObject({ name: 'db#2', policy: 'one' })
  })

  it('are one where they stand twice in a pipeline', async () => {
    const limit = timeout('1s')
    const { board } = shown([pipeline('pay', limit, retry(1), limit)])

    const { facts } = await open(board)

    const id = 'timeout:["pay",null,null,"timeout"]'
    expect(facts.get('policy:pay')).toMatchObject({ stages: [{ fact: id }, {}, { fact: id }] })
    expect([...facts.keys()].filter((key) => key.startsWith('timeout:'))).toEqual([id])
  })
})

describe('a circuit breaker', () => {
  it('shows its state, since when, and what it has refused', async () => {
    const { clock, board } = shown([])
    const breaker = circuitBreaker({ name: 'db', clock, consecutiveFailures: 1, openFor: '500ms' })
    board.watch(breaker)
    const stream = await open(board)
    const fact = () => stream.facts.get('breaker:["db",null,null,"db"]')
    expect(fact()).toMatchObject({ state: 'closed', since: 1_000_000, openings: 0, rejections: 0, held: false })
    await clock.advance(100)
    await attempt(breaker, fail)
    await attempt(breaker)
    await clock.advance(400)
    await stream.frames()
    expect(fact()).toMatchObject({ state: 'open', since: 1_000_100, openings: 1, rejections: 1 })
    await clock.advance(500)
    await attempt(breaker)
    await clock.advance(500)
    await stream.frames()

    expect(fact()).toMatchObject({ state: 'closed', since: 1_001_000, openings: 1 })
  })
})

describe('a bulkhead', () => {
  it('shows how full it is, and what it has refused', async () => {
    const bounded = bulkhead({ name: 'db', limit: 1, queue: 1 })
    const { board } = shown([bounded])
    for (let call = 0; call < 3; call++) void attempt(bounded, never)

    const { facts } = await open(board)

    expect(facts.get('bulkhead:["db",null,null,"db"]')).toEqual({
      kind: 'bulkhead',
      policy: 'db',
      pool: null,
      member: null,
      name: 'db',
      active: 1,
      queued: 1,
      limit: 1,
      rejections: 1,
    })
  })
})

describe('a bulkhead without a limit', () => {
  it('shows that it has none, which JSON cannot say as a number', async () => {
    const { board } = shown([bulkhead({ name: 'db', limit: Number.POSITIVE_INFINITY })])

    const { facts } = await open(board)

    expect(facts.get('bulkhead:["db",null,null,"db"]')).toMatchObject({ limit: null, active: 0 })
  })
})

describe('retries and fallbacks', () => {
  it('show how often they were used', async () => {
    const { clock, board } = shown([])
    const pay = pipeline({ name: 'pay', clock }, fallback({ value: 0 }), retry({ retries: 2, backoff: 10 }))
    board.watch(pay)
    await clock.settle(attempt(pay, fail))

    const { facts } = await open(board)

    expect(facts.get('retry:["pay",null,null,"retry"]')).toMatchObject({ policyKind: 'retry', count: 2 })
    expect(facts.get('fallback:["pay",null,null,"fallback"]')).toMatchObject({ policyKind: 'fallback', count: 1 })
  })
})

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

  it('counts failovers, exhaustions and ejections, and says until when by the wall clock', async () => {
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

  it('says nothing of when where only a check can say', async () => {
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

  it('follows members that come and go, and lets go of their guards', async () => {
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

  it('is let go of with all that is inside', async () => {
    const inside: BasePolicy[] = []
    const guarded = failoverPool(['a'], {
      guard: () => {
        const guard = pipeline(bulkhead({ limit: 1 }), circuitBreaker())
        inside.push(...(policyOf(guard) as BasePolicy).parts)
        return guard
      },
    } as never)
    const { board } = shown([guarded])
    const heard = () => inside.map(({ events }) => events.wants('reject'))
    expect(heard()).toEqual([true, true])
    board.close()

    expect(heard()).toEqual([false, false])
    expect(['failover', 'eject', 'membersChanged'].map((event) => policyOf(guarded)?.events.wants(event))).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is let go of by a listener with all that is inside, also with what the listener was told of', async () => {
    const pool = failoverPool(['a'], { name: 'api', clock: virtualClock(), guard: () => circuitBreaker() })
    const { board } = shown([])
    const watching = board.watch(pool)
    pool.on('membersChanged', () => watching.stop())
    pool.add('b')

    expect([...(await open(board)).facts.keys()]).toEqual([])
  })

  it('may have no guards, and be behind another pool', async () => {
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

  it('counts what its own members did, not what those behind them did', async () => {
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
