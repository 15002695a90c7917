import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { CallEnd, CallObserver } from '../../../src/core/call/call-observer.ts'
import { turn } from '../../../src/core/clock.ts'
import type { AnyPolicy, BasePolicy } from '../../../src/core/policy.ts'
import { policyOf } from '../../../src/core/policy-of.ts'

const broken = new Error('broken')
const fail = async (): Promise<never> => {
  throw broken
}

/** Observes every call of a policy, and keeps what the observer gets. */
function observed(policy: AnyPolicy) {
  const events: (readonly [event: string, policy: string])[] = []
  const endings: CallEnd[] = []
  const observer: CallObserver = {
    onEvent: (event, payload) => void events.push([event, payload.policy]),
    ended: (ending) => void endings.push(ending),
  }
  const stop = (policyOf(policy) as BasePolicy).intercept((starter, operation, options) =>
    starter.observe(operation, options, observer),
  )
  return { events, endings, observer, stop }
}

describe('an observer of calls', () => {
  it('gets the end of each call until it is removed', async () => {
    const own = circuitBreaker()
    const { endings, stop } = observed(own)
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

  it('gets the end of a call whose options are refused', async () => {
    const own = bulkhead(1)
    const { endings } = observed(own)
    await own.execute(() => 1, { deadline: 'never' as never }).catch(() => {})

    expect(endings).toMatchObject([{ resolved: false, attempts: 0 }])
  })

  it('gets the events about its call from every policy inside, without a listener', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      name: 'api',
      selection: ordered(),
      guard: (member) => circuitBreaker({ name: `to-${member.name}`, consecutiveFailures: 1 }),
    })
    const own = pipeline({ clock }, fallback({ value: 0 }), retry({ retries: 1, backoff: 0 }), timeout('1s'), pool)
    const { events, endings } = observed(own)
    const call = own.execute((({ target }: { target: string }) =>
      target === 'a' ? fail() : new Promise(() => {})) as never)
    await clock.advance('2s')
    expect(await call).toBe(0)

    expect(events).toEqual([
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

  it('gets no event after the end of a call that a listener aborts', async () => {
    const own = bulkhead({ limit: 1, queue: 1 })
    const events: string[] = []
    const observer: CallObserver = { onEvent: (event) => void events.push(event), ended: () => void events.push('end') }
    const first = own.execute(() => turn())
    ;(policyOf(own) as BasePolicy).intercept((starter, operation, options) =>
      starter.observe(operation, options, observer),
    )
    const controller = new AbortController()
    own.on('enqueue', () => controller.abort('enough'))
    own.on('dequeue', () => controller.abort('enough'))
    const call = own.execute(() => 1, { signal: controller.signal })
    await expect(call).rejects.toBe('enough')
    await first

    expect(events).toEqual(['enqueue', 'end'])
  })

  it('gets nothing about calls that another policy executes', async () => {
    const own = bulkhead({ limit: 1, queue: 1 })
    const { events } = observed(own)
    const other = pipeline('other', own)
    const first = other.execute(() => 1)
    const second = other.execute(() => 2)
    await Promise.all([first, second, other.execute(() => 3).catch(() => {})])

    expect(events).toEqual([])
  })

  it('causes a fault, and breaks no call, when it throws', async () => {
    const own = retry({ retries: 1, backoff: 0 })
    const { of } = recorder(own)
    const { observer } = observed(own)
    observer.onEvent = observer.ended = () => {
      throw broken
    }
    let calls = 0
    expect(await own.execute(async () => (++calls === 1 ? fail() : 'fine'))).toBe('fine')

    expect(of('fault').map(({ source, error }) => [source, error])).toEqual([
      ['observer', broken],
      ['observer', broken],
    ])
    expect(of('retry')).toHaveLength(1)
  })

  it('cannot be joined by another on the same policy', () => {
    const own = policyOf(bulkhead({ name: 'few', limit: 1 })) as BasePolicy
    const { stop } = observed(own as never)

    expect(own.intercepted).toBe(true)
    expect(() => own.intercept((starter, operation, options) => starter.run(operation, options))).toThrow(
      'bulkhead: "few" already has an observer',
    )
    stop()
    expect(own.intercepted).toBe(false)
  })
})
