/** Calls without options, which may share a scope: what they must not lose by it. */
import { availabilityTracker, bulkhead, type Call, circuitBreaker, constant, pipeline, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/core/clock.ts'
import { deferred, ended } from '../../composition/deferred.ts'

const down = new Error('down')

/** With a timeout, which gives each call a scope of its own, and without. */
const ways = {
  untimed: (clock: Clock) => bulkhead({ limit: 1, clock }),
  timed: (clock: Clock) => timeout({ after: 100, clock }),
}

describe.each(Object.entries(ways))('an %s call', (name, made) => {
  it('gets what every call gets', async () => {
    const clock = virtualClock({ wall: 5000 })
    const seen = await made(clock).execute((call) => {
      const { attempt, key, priority, idempotent, deadline, signal } = call
      expect(call.signal).toBe(signal)
      const other = call.with({ key: 'k', priority: 2 })
      expect([other.key, other.priority, other.attempt]).toEqual(['k', 2, 1])
      return { attempt, key, priority, idempotent, deadline: deadline?.getTime(), aborted: signal.aborted }
    })
    expect(seen).toEqual({
      attempt: 1,
      key: undefined,
      priority: 0,
      idempotent: true,
      deadline: name === 'timed' ? 5100 : undefined,
      aborted: false,
    })
    expect(clock.pending).toBe(0)
  })

  it('gives back a value, a promise, a thenable, an error, and one that is thrown', async () => {
    const policy = made(virtualClock())
    expect(await policy.execute(() => 1)).toBe(1)
    expect(await policy.execute(async () => 2)).toBe(2)
    expect(await ended(policy.execute(async () => Promise.reject(down)))).toEqual({ ok: false, error: down })
    const thrown = policy.execute(() => {
      throw down
    })
    expect(await ended(thrown)).toEqual({ ok: false, error: down })
  })

  it('has the same signal before and after it has failed', async () => {
    const policy = made(virtualClock())
    let call: Call | undefined
    const gate = deferred()
    const result = ended(
      policy.execute((given) => {
        call = given
        return gate.promise
      }),
    )
    const early = call?.signal
    gate.reject(down)
    expect(await result).toEqual({ ok: false, error: down })
    expect(call?.signal).toBe(early)
  })
})

describe('a plain call', () => {
  it('whose operation asks for the signal late still gets one that its timeout aborts', async () => {
    const clock = virtualClock()
    let signal: AbortSignal | undefined
    const result = ended(
      timeout({ after: 10, clock }).execute(async (call) => {
        await Promise.resolve()
        signal = call.signal
        return deferred().promise
      }),
    )
    await clock.advance(9)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(signal?.reason).toMatchObject({ code: 'HF_TIMEOUT' })
    expect(await result).toEqual({ ok: false, error: signal?.reason })
  })

  it('that succeeds late, after the breaker has opened and closed again, is of no account', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 2, openFor: 10, clock })
    const slow = deferred()
    const failing = deferred()
    const results = [breaker.execute(() => slow.promise), ended(breaker.execute(() => failing.promise))]
    for (let i = 0; i < 2; i++) await ended(breaker.execute(async () => Promise.reject(down)))
    await clock.advance(10)
    await breaker.execute(async () => 'probe')
    expect(breaker.state).toBe('closed')

    await ended(breaker.execute(async () => Promise.reject(down)))
    slow.resolve('late')
    failing.reject(down)
    await Promise.all(results)
    expect(breaker.state).toBe('closed')
    // The late success has not ended the run of failures, and the late failure has not grown it.
    await ended(breaker.execute(async () => Promise.reject(down)))
    expect(breaker.state).toBe('open')
  })

  it('counts where another breaker’s state has changed before it', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 2 })
    const other = circuitBreaker({ consecutiveFailures: 1 })
    await breaker.execute(() => 1)
    await ended(other.execute(async () => Promise.reject(down)))
    for (let i = 0; i < 2; i++) await ended(breaker.execute(async () => Promise.reject(down)))
    expect(breaker.state).toBe('open')
  })

  it('counts where another breaker’s state has changed since, too', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 2 })
    const gates = [deferred(), deferred()]
    const results = gates.map((gate) => ended(breaker.execute(() => gate.promise)))
    circuitBreaker().isolate()
    for (const gate of gates) gate.reject(down)
    await Promise.all(results)
    expect(breaker.state).toBe('open')
  })

  it('is retried, and keeps its slot and its time while it is', async () => {
    const clock = virtualClock()
    const slots = bulkhead(1)
    const backoff = constant(20)
    const guarded = pipeline({ clock }, timeout(100), slots, retry({ retries: 9, backoff }))
    const attempts: number[] = []
    const result = ended(
      guarded.execute(async ({ attempt }) => {
        attempts.push(attempt)
        throw down
      }),
    )
    await clock.advance(99)
    expect(attempts.length).toBe(5)
    expect(slots.active).toBe(1)
    await clock.advance(1)
    expect(await result).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    expect(slots.active).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('reaches a listener that is added while it runs', async () => {
    const clock = virtualClock()
    const gate = deferred()
    const few = bulkhead({ limit: 1, clock })
    const result = ended(few.execute(() => gate.promise))
    const heard: boolean[] = []
    few.on('call', ({ ok }) => heard.push(ok))
    gate.resolve(1)
    await result
    // It began before anybody asked when, so its duration is not known.
    expect(heard).toEqual([])
    await few.execute(() => 1)
    expect(heard).toEqual([true])
  })

  it('is counted by a tracker that comes while it runs, in a clock that has no cheap readings', async () => {
    const full = virtualClock()
    const clock: Clock = {
      now: () => full.now(),
      wall: (now) => full.wall(now),
      schedule: (timer, after, now) => full.schedule(timer, after, now),
      cancel: (timer) => full.cancel(timer),
    }
    const gate = deferred()
    const few = bulkhead({ limit: 1, clock })
    const result = ended(few.execute(() => gate.promise))
    const tracker = availabilityTracker({ clock })
    tracker.watch(few)
    gate.resolve(1)
    await result
    expect(tracker.report().requests).toMatchObject({ calls: 1, deliveredAvailability: 1 })
  })

  it('reads the time of its timeout from that policy’s own clock, whatever executes it', async () => {
    const outer = virtualClock({ wall: 1000 })
    const inner = virtualClock()
    const guarded = pipeline({ clock: outer }, timeout({ after: 50, clock: inner }))
    const { of } = recorder(guarded)
    const result = ended(guarded.execute(({ deadline }) => (deadline?.getTime() === 1050 ? deferred().promise : 0)))
    await outer.advance(60)
    expect(inner.pending).toBe(1)
    await inner.advance(50)
    expect(await result).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    expect(of('call')).toMatchObject([{ duration: 60 }])
  })
})
