/** JavaScript callers write `async` where no promise is expected; a rejection of it must not become an unhandled one. */
import { bulkhead, circuitBreaker, retry } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { turn } from '../../src/core/clock.ts'
import { ended, thenable } from '../composition/deferred.ts'

const broken = new Error('broken')
const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)

beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})

afterEach(() => {
  process.off('unhandledRejection', note)
})

const turns = () => turn().then(turn)

describe('a function option that returns a rejecting promise', () => {
  const rejecting = (() => Promise.reject(new Error('async'))) as never
  const cases = {
    'when of retry': () => retry({ retries: 1, backoff: 0, when: rejecting }),
    'when of circuitBreaker': () => circuitBreaker({ when: rejecting }),
    'backoff of retry': () => retry({ retries: 1, backoff: rejecting, clock: virtualClock() }),
    'retryAfter of retry': () => retry({ retries: 1, backoff: 0, retryAfter: rejecting }),
  }
  for (const [option, make] of Object.entries(cases)) {
    it(`is contained: ${option}`, async () => {
      const policy = make()
      recorder(policy)
      const call = ended(policy.execute(scripted(broken)))
      const clock = (policy as unknown as { clock: ReturnType<typeof virtualClock> }).clock
      const end = 'settle' in clock ? await clock.settle(call) : await call
      expect(end).toEqual({ ok: false, error: broken })
      await turns()
      expect(unhandled).toEqual([])
    })
  }

  it('is a fault if no promise is expected', async () => {
    const again = retry({ retries: 0, when: rejecting })
    const { of } = recorder(again)
    await ended(again.execute(scripted(broken)))
    expect(of('fault')[0]).toMatchObject({ source: 'when' })
  })
})

describe('hostile values', () => {
  it('count once if an own `then` of a real promise calls both callbacks at once', async () => {
    const few = bulkhead(1)
    const then = (yes: (value: unknown) => void, no: (error: unknown) => void) => {
      yes('first')
      no(broken)
      yes('third')
    }
    const promise = thenable({ value: then }, Promise.resolve('own'))
    expect(await ended(few.execute(() => promise as Promise<string>))).toEqual({ ok: true, value: 'first' })
    expect(few.active).toBe(0)
  })

  it('reject if inspecting them throws, and hold no slot', async () => {
    const few = bulkhead({ limit: 1 })
    const constructorThrows = Object.defineProperty(Promise.resolve(1), 'constructor', {
      get() {
        throw broken
      },
    })
    const prototypeThrows = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw broken
        },
      },
    )
    for (const value of [constructorThrows, prototypeThrows]) {
      let call: Promise<unknown> | undefined
      expect(() => {
        call = few.execute(() => value)
      }).not.toThrow()
      await ended(call as Promise<unknown>)
      expect(few.active).toBe(0)
    }
  })

  it('do not make a listener’s thenable an unhandled rejection', async () => {
    const policy = bulkhead(1)
    const { of } = recorder(policy)
    policy.on('call', () => thenable({ value: (_yes: unknown, no: (error: unknown) => void) => no(broken) }))
    await policy.execute(() => 1)
    await turns()
    expect(of('fault')[0]).toMatchObject({ source: 'listener:call', error: broken })
    expect(unhandled).toEqual([])
  })
})

describe('options of a call', () => {
  it('are read once: later changes to the object have no effect', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const options: { signal?: AbortSignal; idempotent?: boolean } = { signal: controller.signal, idempotent: false }
    const operation = scripted(broken)
    const call = ended(retry({ retries: 2, backoff: 10, clock }).execute(operation, options))
    options.signal = new AbortController().signal
    options.idempotent = true
    await clock.settle(call)
    expect(operation.calls.length).toBe(1)
    expect(remove).toHaveBeenCalledTimes(1)
  })
})

describe('a value judged a failure, then a rejection', () => {
  it('returns the value, not an error made from it', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 3, backoff: 10, clock, when: (outcome) => outcome.ok && outcome.value === 503 })
    const few = bulkhead({ limit: 1, clock })
    const { pipeline } = await import('holdfast')
    const both = pipeline({ clock }, again, few)
    const { of } = recorder(both)
    const call = ended(both.execute(() => 503))
    await clock.advance(0)
    void few.execute(() => new Promise(() => {}))
    await clock.advance(10)
    expect(await call).toEqual({ ok: true, value: 503 })
    expect(of('giveUp')[0]).toMatchObject({ reason: 'rejected', error: undefined })
    expect(of('call')[0]).toMatchObject({ ok: false })
  })
})

describe('the same listener', () => {
  it('stays after it was added by `once` and then by `on`', () => {
    const guarded = circuitBreaker()
    let heard = 0
    const listener = (): void => {
      heard++
    }
    guarded.once('isolate', listener)
    guarded.on('isolate', listener)
    guarded.isolate().release()
    guarded.isolate().release()
    expect(heard).toBe(2)
  })
})
