/** A caller may abort from anywhere, also from a function or listener that runs inside a policy's decision. */
import { bulkhead, circuitBreaker, fallback, pipeline, policy, retry } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const reason = new Error('caller left')
const broken = new Error('broken')

describe('a call aborted from inside a decision', () => {
  const abortFrom = {
    when: (abort: () => void) => ({
      when: () => {
        abort()
        return true
      },
    }),
    backoff: (abort: () => void) => ({
      backoff: () => {
        abort()
        return 1000
      },
    }),
    retryAfter: (abort: () => void) => ({
      retryAfter: () => {
        abort()
        return 1000
      },
    }),
  }

  for (const [option, options] of Object.entries(abortFrom)) {
    it(`is not retried when retry's ${option} aborts it, and leaves no timer`, async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const again = retry({ retries: 3, clock, ...options(() => controller.abort(reason)) })
      const { names } = recorder(again)
      const gate = deferred()
      const operation = scripted(() => gate.promise)
      const call = ended(again.execute(operation, { signal: controller.signal }))
      gate.reject(broken)
      expect(await call).toEqual({ ok: false, error: reason })
      await clock.advance('1h')
      expect(operation.calls.length).toBe(1)
      expect(clock.pending).toBe(0)
      expect(names).toEqual(['call'])
    })
  }

  it('gets no fallback when the predicate of the fallback aborts it', async () => {
    const controller = new AbortController()
    const orNull = fallback({
      value: null,
      when: () => {
        controller.abort(reason)
        return true
      },
    })
    const { names } = recorder(orNull)
    const gate = deferred()
    const call = ended(orNull.execute(() => gate.promise, { signal: controller.signal }))
    gate.reject(broken)
    expect(await call).toEqual({ ok: false, error: reason })
    expect(names).toEqual(['call'])
  })

  it('frees no slot it never had when a listener for `reject` aborts a rejected retry', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const few = bulkhead({ limit: 1, clock })
    const again = pipeline({ clock }, retry({ retries: 2, backoff: 10 }), few)
    const gate = deferred()
    const first = ended(again.execute(() => gate.promise, { signal: controller.signal }))
    gate.reject(broken)
    await clock.advance(0)
    const blocker = deferred()
    const holding = few.execute(() => blocker.promise)
    few.on('reject', () => controller.abort(reason))
    await clock.advance(10)
    expect(await first).toEqual({ ok: false, error: reason })
    expect(few.active).toBe(1)
    blocker.resolve('held')
    expect(await holding).toBe('held')
    expect(few.active).toBe(0)
  })

  it('frees no slot it never had when a listener aborts a call whose wait in the queue has ended', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const few = bulkhead({ limit: 1, queue: 1, maxWait: 10, clock })
    const blocker = deferred()
    const holding = few.execute(() => blocker.promise)
    const waiting = ended(few.execute(() => 'never', { signal: controller.signal }))
    few.on('reject', () => controller.abort(reason))
    await clock.advance(10)
    expect(await waiting).toEqual({ ok: false, error: reason })
    expect([few.active, few.queued]).toEqual([1, 0])
    blocker.resolve('held')
    await holding
    expect(few.active).toBe(0)
  })

  it('keeps no probe when a listener for `halfOpen` aborts it', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
    const queued = pipeline({ clock }, bulkhead({ limit: 1, queue: 5 }), guarded)
    await ended(guarded.execute(scripted(broken)))
    await clock.advance(100)
    const blocker = deferred()
    const isolation = guarded.isolate()
    const holding = ended(queued.execute(() => blocker.promise))
    isolation.release()
    await holding
    await ended(guarded.execute(scripted(broken)))
    await clock.advance(100)
    // A call that comes out of a queue is one whose signal is heard while it is let in.
    const gate = deferred()
    const few = bulkhead({ limit: 1, queue: 1, clock })
    const behind = pipeline({ clock }, few, guarded)
    const before = ended(few.execute(() => gate.promise))
    let invoked = false
    const operation = () => {
      invoked = true
    }
    const probe = ended(behind.execute(operation, { signal: controller.signal }))
    guarded.once('halfOpen', () => controller.abort(reason))
    gate.resolve(undefined)
    await before
    expect(await probe).toEqual({ ok: false, error: reason })
    expect(invoked).toBe(false)
    expect(guarded.state).toBe('half-open')
    expect(await guarded.execute(() => 'fine')).toBe('fine')
    expect(guarded.state).toBe('closed')
  })

  it('ends once when abandoning a pending attempt makes the caller abort', async () => {
    const controller = new AbortController()
    const few = bulkhead({ limit: 5 })
    const gate = deferred()
    const raced = policy('raced', async (_call, next) => {
      void next()
      return await gate.promise
    })
    const both = pipeline(few, raced)
    const { of } = recorder(both)
    const hang = deferred()
    const call = ended(
      both.execute(
        ({ signal }) => {
          signal.addEventListener('abort', () => controller.abort(reason))
          return hang.promise
        },
        { signal: controller.signal },
      ),
    )
    gate.resolve('answer')
    expect(await call).toEqual({ ok: false, error: reason })
    hang.resolve(undefined)
    await hang.promise
    expect(few.active).toBe(0)
    expect(of('call').length).toBe(1)
  })
})

describe('a call aborted while it starts', () => {
  it('never runs if a listener aborts it on the way in', async () => {
    const controller = new AbortController()
    const few = bulkhead({ limit: 1, queue: 1 })
    const pool = pipeline(
      policy('aborting', (_call, next) => {
        controller.abort(reason)
        return next()
      }),
      few,
    )
    const operation = scripted('never')

    await expect(pool.execute(operation, { signal: controller.signal })).rejects.toBe(reason)
    expect(operation.calls).toHaveLength(0)
    expect(few.active).toBe(0)
  })

  it('ignores a later rejection of the operation that aborted it', async () => {
    const controller = new AbortController()
    const few = bulkhead(1)
    const late = deferred()
    const call = few.execute(
      () => {
        controller.abort(reason)
        return late.promise
      },
      { signal: controller.signal },
    )

    await expect(call).rejects.toBe(reason)
    expect(few.active).toBe(1)
    late.reject(broken)
    await late.promise.catch(() => {})
    expect(few.active).toBe(0)
  })
})
