import { bulkhead, failoverPool, fallback, pipeline, retry } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { type AnyPolicy, BasePolicy } from '../../../../src/core/policy.ts'
import { open } from '../client.ts'
import { attempt, fail, never, shown } from './shown.ts'

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
    expect(limiter.events.hasListeners('success')).toBe(false)
    board.close()
    expect(limiter.events.hasListeners('reject')).toBe(false)
  })

  it('is shown as the guard of a member, too', async () => {
    const guard = () => pipeline(new Limiter('limit') as unknown as AnyPolicy)
    const { board } = shown([failoverPool(['a'], { name: 'db', guard } as never)])

    const { facts } = await open(board)

    expect(facts.get('limiter:["db","db","a","limit"]')).toMatchObject({ name: 'limit', counts: { reject: 0 } })
    expect([...facts.values()].find(({ kind }) => kind === 'member')).toMatchObject({ breaker: null })
  })
})
