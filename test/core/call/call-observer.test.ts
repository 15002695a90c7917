import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { CallEnd, CallObserver } from '../../../src/core/call/call-observer.ts'
import { turn } from '../../../src/core/clock.ts'
import { type AnyPolicy, type BasePolicy, policyOf } from '../../../src/core/policy.ts'

const broken = new Error('broken')
const fail = async (): Promise<never> => {
  throw broken
}

/** Follows every call of a policy, and keeps what it is told. */
function followed(policy: AnyPolicy) {
  const told: (readonly [event: string, policy: string])[] = []
  const endings: CallEnd[] = []
  const follower: CallObserver = {
    onEvent: (event, payload) => void told.push([event, payload.policy]),
    ended: (ending) => void endings.push(ending),
  }
  const stop = (policyOf(policy) as BasePolicy).intercept((starter, operation, options) =>
    starter.observe(operation, options, follower),
  )
  return { told, endings, follower, stop }
}

describe('a follower', () => {
  it('receives the end of its call, and of no call without it', async () => {
    const own = circuitBreaker()
    const { endings, stop } = followed(own)
    await own.execute(() => 1)
    await own.execute(fail).catch(() => {})
    stop()
    stop()
    await own.execute(() => 1)

    expect(endings).toEqual([
      { resolved: true, value: 1, ok: true, ignored: false, attempts: 1, savedBy: undefined },
      { resolved: false, value: broken, ok: false, ignored: false, attempts: 1, savedBy: undefined },
    ])
  })

  it('receives a call that never began', async () => {
    const own = bulkhead(1)
    const { endings } = followed(own)
    await own.execute(() => 1, { deadline: 'never' as never }).catch(() => {})

    expect(endings).toMatchObject([{ resolved: false, attempts: 0 }])
  })

  it('receives the events about the call from every policy inside, even without a listener', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      name: 'api',
      selection: ordered(),
      guard: (member) => circuitBreaker({ name: `to-${member.name}`, consecutiveFailures: 1 }),
    })
    const own = pipeline({ clock }, fallback({ value: 0 }), retry({ retries: 1, backoff: 0 }), timeout('1s'), pool)
    const { told, endings } = followed(own)
    const call = own.execute((({ target }: { target: string }) =>
      target === 'a' ? fail() : new Promise(() => {})) as never)
    await clock.advance('2s')
    expect(await call).toBe(0)

    expect(told).toEqual([
      ['failover', 'api'],
      ['timeout', 'timeout'],
      ['retry', 'retry'],
      ['reject', 'to-a'],
      ['failover', 'api'],
      ['reject', 'to-b'],
      ['exhausted', 'api'],
      ['giveUp', 'retry'],
      ['fallback', 'fallback'],
    ])
    expect(endings).toMatchObject([{ resolved: true, ok: true, savedBy: 'fallback', attempts: 2 }])
  })

  it('receives nothing more about a call that a listener has aborted', async () => {
    const own = bulkhead({ limit: 1, queue: 1 })
    const heard: string[] = []
    const follower: CallObserver = { onEvent: (event) => void heard.push(event), ended: () => void heard.push('end') }
    const first = own.execute(() => turn())
    ;(policyOf(own) as BasePolicy).intercept((starter, operation, options) =>
      starter.observe(operation, options, follower),
    )
    const controller = new AbortController()
    own.on('enqueue', () => controller.abort('enough'))
    own.on('dequeue', () => controller.abort('enough'))
    const call = own.execute(() => 1, { signal: controller.signal })
    await expect(call).rejects.toBe('enough')
    await first

    expect(heard).toEqual(['enqueue', 'end'])
  })

  it('receives nothing about other calls', async () => {
    const own = bulkhead({ limit: 1, queue: 1 })
    const { told } = followed(own)
    const other = pipeline('other', own)
    const first = other.execute(() => 1)
    const second = other.execute(() => 2)
    await Promise.all([first, second, other.execute(() => 3).catch(() => {})])

    expect(told).toEqual([])
  })

  it('that throws is a fault, and breaks no call', async () => {
    const own = retry({ retries: 1, backoff: 0 })
    const { of } = recorder(own)
    const { follower } = followed(own)
    follower.onEvent = follower.ended = () => {
      throw broken
    }
    let calls = 0
    expect(await own.execute(async () => (++calls === 1 ? fail() : 'fine'))).toBe('fine')

    expect(of('fault').map(({ source, error }) => [source, error])).toEqual([
      ['follower', broken],
      ['follower', broken],
    ])
    expect(of('retry')).toHaveLength(1)
  })

  it('is the only one of its policy', () => {
    const own = policyOf(bulkhead({ name: 'few', limit: 1 })) as BasePolicy
    const { stop } = followed(own as never)

    expect(own.intercepted).toBe(true)
    expect(() => own.intercept((starter, operation, options) => starter.run(operation, options))).toThrow(
      'bulkhead: "few" is followed already',
    )
    stop()
    expect(own.intercepted).toBe(false)
  })
})
