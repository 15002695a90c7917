/** Where nothing ran, the caller gets a rejection, whatever the number of members. */
import {
  circuitBreaker,
  FailoverError,
  isHoldfastError,
  NoMemberError,
  type Policy,
  pipeline,
  RejectedError,
  retry,
} from 'holdfast'
import { failoverPool, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const down = () => {
  throw new Error('down')
}

/** A pool whose guards open at the first failure, for so long. */
function guarded(openFor: Readonly<Record<string, number>>, options: Parameters<typeof failoverPool<string>>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(Object.keys(openFor), {
    clock,
    selection: ordered(),
    outlier: false,
    guard: ({ name }) =>
      circuitBreaker({
        name: `guard-${name}`,
        consecutiveFailures: 1,
        openFor: openFor[name] ?? 0,
      }) as unknown as Policy,
    ...options,
  })
  return { clock, pool }
}

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

describe('a pool whose guards all refuse', () => {
  it.each([1, 2, 3])('rejects with a rejection and its retryAfter, with %i members', async (count) => {
    const names = ['a', 'b', 'c'].slice(0, count)
    const { pool, clock } = guarded(Object.fromEntries(names.map((name, i) => [name, 30_000 - 5000 * i])))
    const outer = circuitBreaker({ name: 'outer', consecutiveFailures: 1 })
    const all = pipeline({ name: 'all', clock }, outer, retry({ retries: 2, backoff: '1s' }), pool)
    const { of } = recorder(all)
    await caught(pool.execute(down))
    await clock.advance('1s')
    let ran = 0
    const error = await clock.settle(caught(all.execute(() => ++ran)))

    expect(error).toBeInstanceOf(RejectedError)
    expect(error).toMatchObject({ retryAfter: 30_000 - 5000 * (count - 1) - 1000 })
    expect([ran, of('retry').length, outer.state, clock.now()]).toEqual([0, 0, 'closed', 1000])
  })

  it('rethrows the refusal of an only member, and for several a NoMemberError with one error for each', async () => {
    const one = guarded({ a: 1000 })
    await caught(one.pool.execute(down))
    const two = guarded({ a: 1000, b: 2000 })
    await caught(two.pool.execute(down))
    const { of } = recorder(two.pool)
    const error = await caught(two.pool.execute(() => 1))

    expect(await caught(one.pool.execute(() => 1))).toMatchObject({ code: 'HF_CIRCUIT_OPEN', policy: 'guard-a' })
    expect(error).toBeInstanceOf(NoMemberError)
    expect(isHoldfastError(error) && error.code === 'HF_NO_MEMBER' && error.members).toEqual(['a', 'b'])
    expect(error).toMatchObject({
      message: 'failoverPool: all members tried refused (a, b)',
      retryAfter: 1000,
      errors: [
        { code: 'HF_CIRCUIT_OPEN', policy: 'guard-a' },
        { code: 'HF_CIRCUIT_OPEN', policy: 'guard-b' },
      ],
    })
    expect(of('exhausted')).toMatchObject([{ tried: ['a', 'b'], error }])
  })

  it('has a retryAfter if one is known, and none otherwise', async () => {
    const isolated = (name: string): Policy => {
      const breaker = circuitBreaker({ name })
      breaker.isolate()
      return breaker as unknown as Policy
    }
    const none = failoverPool(['a', 'b'], { clock: virtualClock(), guard: ({ name }) => isolated(name) })
    const mixed = failoverPool(['a', 'b'], {
      clock: virtualClock(),
      guard: ({ name }) =>
        name === 'a'
          ? isolated(name)
          : (circuitBreaker({ consecutiveFailures: 1, openFor: '4s' }) as unknown as Policy),
    })
    await caught(mixed.execute(down))

    expect(await caught(none.execute(() => 1))).toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: undefined })
    expect(await caught(mixed.execute(() => 1))).toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: 4000 })
  })

  it('includes the end of an ejection in retryAfter', async () => {
    const { pool, clock } = guarded(
      { a: 60_000, b: 60_000, c: 0 },
      { outlier: { consecutiveFailures: 1, ejectFor: '5s' }, maxEjected: 0.4, panic: 'fail', selection: ordered() },
    )
    // The first to fail is ejected; the guards of the others open.
    pool.update('c', { priority: -1 })
    await caught(pool.execute(down))
    await clock.advance('1s')

    expect(await caught(pool.execute(() => 1))).toMatchObject({ members: ['a', 'b'], retryAfter: 4000 })
  })

  it('rejects with a FailoverError if one member ran and failed', async () => {
    const { pool } = guarded({ a: 1000, b: 1000 })
    await caught(pool.execute(({ target }) => (target === 'a' ? down() : 1)))
    const error = await caught(pool.execute(down))

    expect(error).toBeInstanceOf(FailoverError)
    expect(error).toMatchObject({ members: ['a', 'b'], errors: [{ code: 'HF_CIRCUIT_OPEN' }, { message: 'down' }] })
  })

  it('rejects with a rejection if `attempts` left members out, one that a retry may repeat on others', async () => {
    const { pool, clock } = guarded({ a: 1000, b: 1000, c: 1000 }, { attempts: 2, selection: ordered() })
    await caught(pool.execute(({ target }) => (target === 'c' ? 1 : down())))
    const { of } = recorder(pool)
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 0 }), pool)
    const error = await clock.settle(caught(all.execute(() => 1)))

    expect(error).toMatchObject({ code: 'HF_NO_MEMBER', members: ['a', 'b'] })
    expect(of('exhausted')).toHaveLength(2)
  })

  it('names no members if none could be tried', async () => {
    const pool = failoverPool<string>([], { clock: virtualClock() })

    expect(await caught(pool.execute(() => 1))).toMatchObject({
      message: 'failoverPool: no member may be tried',
      errors: [],
      members: [],
      retryAfter: undefined,
    })
  })

  it('says so if the pool was closed while the call ran', async () => {
    const { pool } = guarded({ a: 1000, b: 1000 })
    await caught(pool.execute(down))
    pool.on('failover', () => pool.close())

    expect(await caught(pool.execute(() => 1))).toMatchObject({
      message: 'failoverPool: the pool is closed',
      retryAfter: undefined,
    })
  })
})

it('a NoMemberError made by the user has no members unless given', () => {
  expect(new NoMemberError('none', 'pool')).toMatchObject({ errors: [], members: [] })
  expect(new NoMemberError('none', 'pool', 5, { errors: [1], members: ['a'] })).toMatchObject({
    errors: [1],
    members: ['a'],
  })
})
