import { circuitBreaker, fallback, pipeline, policy, retry, timeout } from 'holdfast'
import { dashboard } from 'holdfast/dashboard'
import { describe, expect, it } from 'vitest'
import type { PolicyFact } from '../../../../src/adapters/dashboard/wire/facts.ts'
import { open } from '../client.ts'
import { attempt, fail, never, shown } from './shown.ts'

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
