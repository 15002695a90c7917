import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, policy, retry, timeout } from 'holdfast'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { PolicyFact } from '../../../src/adapters/dashboard/wire/facts.ts'
import { type AnyPolicy, BasePolicy, policyOf } from '../../../src/core/policy.ts'
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

describe('a policy that was given to the dashboard', () => {
  it('shows the path of a call through it, outermost first, as in `explain()`', async () => {
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
    for (const { fact } of stages) expect(facts.get(fact)).toMatchObject({ kind: 'numbers', gauges: {} })
    expect(facts.get('retry:["pay",null,null,"again"]')).toMatchObject({ counts: { retries: 0 } })
  })

  it('may be a single policy, also a custom one, which has no numbers', async () => {
    const { board } = shown([policy('logged', (call, next) => next(call)), timeout('1s')])

    const { facts } = await open(board)

    expect(facts.get('policy:logged')).toMatchObject({
      policyKind: 'policy',
      stages: [{ name: 'logged', policyKind: 'policy', options: [], fact: 'custom:["logged",null,null,"logged"]' }],
    })
    expect(facts.get('custom:["logged",null,null,"logged"]')).toEqual({
      kind: 'numbers',
      policy: 'logged',
      pool: null,
      member: null,
      name: 'logged',
      policyKind: 'policy',
      gauges: {},
      counts: {},
    })
    expect(facts.get('policy:timeout')).toMatchObject({ stages: [{ fact: 'timeout:["timeout",null,null,"timeout"]' }] })
  })

  it('counts its calls by how they ended', async () => {
    const saving = fallback({ value: 'spare', name: 'spare' })
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
      saved: { again: 1, spare: 1 },
    })
  })

  it('counts failed calls', async () => {
    const { clock, board } = shown([])
    const limit = timeout({ after: '1s', name: 'pay', clock })
    board.watch(limit)
    await clock.settle(attempt(limit, never))
    await attempt(limit, fail)

    const { facts } = await open(board)

    expect(facts.get('calls:pay')).toMatchObject({ success: 0, failure: 2, attempts: 2 })
    expect(facts.get('timeout:["pay",null,null,"pay"]')).toMatchObject({
      policyKind: 'timeout',
      counts: { timeouts: 1 },
    })
  })

  it('is rejected if it is no policy, or its name is taken', () => {
    const one = retry({ name: 'one' })
    const board = dashboard({ policies: [one] })

    expect(() => board.watch({} as never)).toThrow('dashboard: policies must be policies, got an object')
    expect(() => board.watch(timeout({ after: 1, name: 'one' }))).toThrow(
      'dashboard: policies must have names of their own, got "one" again',
    )
    expect(() => dashboard({ policies: [one, one] })).toThrow('got "one" again')
    board.close()
  })

  it('disappears when it is stopped, and may be watched again', async () => {
    const breaker = circuitBreaker({ name: 'db' })
    const { clock, board } = shown([])
    const watching = board.watch(breaker)
    const stream = await open(board)
    const ids = ['breaker:["db",null,null,"db"]', 'policy:db', 'calls:db']
    expect([...stream.facts.keys()]).toEqual(ids)
    watching.stop()
    await clock.advance(500)

    expect(await stream.frames()).toEqual([{ at: clock.wall(), removed: ids }])
    const again = board.watch(breaker)
    watching.stop()
    await clock.advance(500)
    await stream.frames()
    expect([...stream.facts.keys()]).toEqual(ids)
    again.stop()
    expect(breaker).toMatchObject({ events: { counters: undefined } })
  })
})

describe('a policy in several places', () => {
  it('is shown where it was found first, as long as one of the places is watched', async () => {
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

    // Another pipeline with that name brings another breaker with that name.
    board.watch(pipeline('one', circuitBreaker({ name: 'db' })))
    second.stop()
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.has(id)).toBe(false)
    expect(stream.facts.get('breaker:["one",null,null,"db#2"]')).toMatchObject({ name: 'db#2', policy: 'one' })
  })

  it('is shown once if it is twice in a pipeline', async () => {
    const limit = timeout('1s')
    const { board } = shown([pipeline('pay', limit, retry(1), limit)])

    const { facts } = await open(board)

    const id = 'timeout:["pay",null,null,"timeout"]'
    expect(facts.get('policy:pay')).toMatchObject({ stages: [{ fact: id }, {}, { fact: id }] })
    expect([...facts.keys()].filter((key) => key.startsWith('timeout:'))).toEqual([id])
  })
})

describe('a circuit breaker', () => {
  it('shows its state, since when, and its rejections', async () => {
    const { clock, board } = shown([])
    const breaker = circuitBreaker({ name: 'db', clock, consecutiveFailures: 1, openFor: '500ms' })
    board.watch(breaker)
    const stream = await open(board)
    const fact = () => stream.facts.get('breaker:["db",null,null,"db"]')
    expect(fact()).toMatchObject({ state: 'closed', since: 1_000_000, openings: 0, rejections: 0, isolatedHere: false })
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
  it('shows its slots, its queue and its rejections', async () => {
    const bounded = bulkhead({ name: 'db', limit: 1, queue: 1 })
    const { board } = shown([bounded])
    for (let call = 0; call < 3; call++) void attempt(bounded, never)

    const { facts } = await open(board)

    expect(facts.get('bulkhead:["db",null,null,"db"]')).toEqual({
      kind: 'numbers',
      policy: 'db',
      pool: null,
      member: null,
      name: 'db',
      policyKind: 'bulkhead',
      gauges: { active: 1, queued: 1, limit: 1 },
      counts: { rejections: 1 },
    })
  })
})

describe('a bulkhead without a limit', () => {
  it('has no limit on the page either: JSON has no infinity', async () => {
    const { board } = shown([bulkhead({ name: 'db', limit: Number.POSITIVE_INFINITY })])

    const { facts } = await open(board)

    expect(facts.get('bulkhead:["db",null,null,"db"]')).toMatchObject({ gauges: { limit: null, active: 0 } })
  })
})

describe('retries and fallbacks', () => {
  it('show how often they acted', async () => {
    const { clock, board } = shown([])
    const pay = pipeline({ name: 'pay', clock }, fallback({ value: 0 }), retry({ retries: 2, backoff: 10 }))
    board.watch(pay)
    await clock.settle(attempt(pay, fail))

    const { facts } = await open(board)

    expect(facts.get('retry:["pay",null,null,"retry"]')).toMatchObject({ policyKind: 'retry', counts: { retries: 2 } })
    expect(facts.get('fallback:["pay",null,null,"fallback"]')).toMatchObject({
      policyKind: 'fallback',
      counts: { uses: 1 },
    })
  })
})

describe('a policy of a kind that the dashboard does not know', () => {
  /** Rejects every second call. */
  class Limiter extends BasePolicy {
    protected readonly traits = {}
    protected readonly emits = ['success', 'reject']
    protected readonly options = { limit: 1 }

    constructor(name: string) {
      super('limiter', { name })
    }

    reject(): void {
      this.events.emit('reject', { reason: 'full' })
    }
  }

  it('is a stage of a call path, with the counts of its events', async () => {
    const limiter = new Limiter('calls')
    const pay = pipeline('pay', limiter as unknown as AnyPolicy, retry(1))
    const { clock, board } = shown([pay as AnyPolicy])
    const stream = await open(board)
    const id = 'limiter:["pay",null,null,"calls"]'
    expect(stream.facts.get('policy:pay')).toMatchObject({
      stages: [{ name: 'calls', policyKind: 'limiter', options: [['limit', '1']], fact: id }, {}],
    })
    expect(stream.facts.get(id)).toMatchObject({ kind: 'numbers', policyKind: 'limiter', counts: { reject: 0 } })
    limiter.reject()
    limiter.reject()
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.get(id)).toMatchObject({ gauges: {}, counts: { reject: 2 } })
    expect(limiter.events.wants('success')).toBe(false)
    board.close()
    expect(limiter.events.wants('reject')).toBe(false)
  })

  it('is shown as the guard of a member, too', async () => {
    const guard = () => pipeline(new Limiter('limit') as unknown as AnyPolicy)
    const { board } = shown([failoverPool(['a'], { name: 'db', guard } as never)])

    const { facts } = await open(board)

    expect(facts.get('limiter:["db","db","a","limit"]')).toMatchObject({ name: 'limit', counts: { reject: 0 } })
    expect([...facts.values()].find(({ kind }) => kind === 'member')).toMatchObject({ breaker: null })
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
    const wanted = () => inside.map(({ events }) => events.wants('reject'))
    expect(wanted()).toEqual([true, true])
    board.close()

    expect(wanted()).toEqual([false, false])
    expect(['failover', 'eject', 'membersChanged'].map((event) => policyOf(guarded)?.events.wants(event))).toEqual([
      false,
      false,
      false,
    ])
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
