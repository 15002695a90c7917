import { bulkhead, circuitBreaker, exponential, pipeline, RateLimitedError, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const fail = () => Promise.reject(down)
const ok = () => Promise.resolve('fine')

describe('circuitBreaker', () => {
  it('has the defaults of the contract when bare', async () => {
    const clock = virtualClock()
    const bare = circuitBreaker({ clock })
    const { of } = recorder(bare)
    for (let i = 0; i < 5; i++) await bare.execute(ok)
    for (let i = 0; i < 4; i++) await ended(bare.execute(fail))
    expect(bare.state).toBe('closed')
    await ended(bare.execute(fail))
    expect(bare.state).toBe('open')
    expect(of('open')).toMatchObject([{ cause: 'rate', error: down, since: 0, until: 30_000 }])
    expect(pipeline(bare).explain().policies[0]?.options).toMatchObject({
      failureRate: 0.5,
      window: 30_000,
      minimumCalls: 10,
      probes: 1,
      consecutiveFailures: undefined,
      slowCallRate: undefined,
    })
  })

  it('has only the rules on that are named', async () => {
    const row = circuitBreaker({ consecutiveFailures: 3 })
    for (let i = 0; i < 30; i++) await ended(row.execute(i % 3 === 2 ? ok : fail))
    expect(row.state).toBe('closed')
    const slow = circuitBreaker({ slowCallAfter: 10, clock: virtualClock() })
    for (let i = 0; i < 30; i++) await ended(slow.execute(fail))
    expect(slow.state).toBe('closed')
    expect(pipeline(slow).explain().policies[0]?.options).toMatchObject({ slowCallRate: 0.5, failureRate: undefined })
  })

  it('trips at the rate, not only above, as published: 1 of 3 stays, 1 of 2 opens', async () => {
    const open = async (...script: readonly (() => Promise<unknown>)[]) => {
      const guarded = circuitBreaker({ failureRate: 0.5, minimumCalls: 2, window: '2s', clock: virtualClock() })
      for (const step of script) await ended(guarded.execute(step))
      return guarded.state
    }
    expect(await open(ok, ok, fail)).toBe('closed')
    expect(await open(ok, fail)).toBe('open')
  })

  it('opens at a threshold of 1 when every call fails', async () => {
    const guarded = circuitBreaker({ failureRate: 1, minimumCalls: 3, clock: virtualClock() })
    for (let i = 0; i < 3; i++) await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })

  it('needs no more calls than its window of calls can hold', async () => {
    const guarded = circuitBreaker({ failureRate: 1, window: { calls: 3 } })
    for (let i = 0; i < 3; i++) await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })

  it('opens on the clock also where a success fills the window', async () => {
    const clock = virtualClock()
    await clock.advance(5000)
    const guarded = circuitBreaker({ failureRate: 0.5, window: { calls: 2 }, openFor: 100, clock })
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(7)
    await guarded.execute(ok)
    expect(of('open')).toMatchObject([{ cause: 'rate', since: 5000, until: 5107, error: undefined }])
    expect((await ended(guarded.execute(ok))).ok).toBe(false)
  })

  it('opens once for failures that arrive together, and retryAfter stays', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 5, openFor: 1000, clock })
    const { of } = recorder(guarded)
    const gates = Array.from({ length: 10 }, () => deferred())
    const calls = gates.map((gate) => ended(guarded.execute(() => gate.promise)))
    for (const [i, gate] of gates.entries()) {
      gate.reject(down)
      await clock.advance(i < 5 ? 0 : 10)
    }
    await Promise.all(calls)
    expect(of('open')).toMatchObject([{ until: 1000, cause: 'consecutive', since: 0 }])
    expect(await ended(guarded.execute(ok))).toMatchObject({ error: { code: 'HF_CIRCUIT_OPEN', retryAfter: 950 } })
  })

  it('is open until the first call at or after its time, and says so', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
    const { of, names } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(99)
    expect(await ended(guarded.execute(ok))).toMatchObject({ error: { retryAfter: 1 } })
    expect(of('reject')).toMatchObject([{ state: 'open' }])
    await clock.advance(1)
    expect(guarded.state).toBe('open')
    expect(clock.pending).toBe(0)
    expect(await guarded.execute(ok)).toBe('fine')
    expect(guarded.state).toBe('closed')
    expect(names.filter((name) => name !== 'call')).toEqual([
      'open',
      'failure',
      'reject',
      'halfOpen',
      'close',
      'success',
    ])
    expect(of('close')).toMatchObject([{ from: 'half-open' }])
  })

  it('is not moved by a late success of a call from before the opening', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, probes: 1, clock })
    const old = deferred()
    const slow = guarded.execute(() => old.promise)
    await ended(guarded.execute(fail))
    await clock.advance(100)
    const probe = deferred()
    const probing = guarded.execute(() => probe.promise)
    old.resolve('from before')
    expect(await slow).toBe('from before')
    expect(guarded.state).toBe('half-open')
    expect(await ended(guarded.execute(ok))).toMatchObject({
      error: { code: 'HF_CIRCUIT_OPEN', retryAfter: undefined },
    })
    probe.resolve('probe')
    await probing
    expect(guarded.state).toBe('closed')
  })

  it('is not moved by a late failure of a call from before the opening', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, probes: 2, clock })
    const { of } = recorder(guarded)
    const [old, probe] = [deferred(), deferred()]
    const slow = ended(guarded.execute(() => old.promise))
    await ended(guarded.execute(fail))
    await clock.advance(100)
    const probing = guarded.execute(() => probe.promise)
    old.reject(down)
    await slow
    expect(guarded.state).toBe('half-open')
    probe.resolve('fine')
    await probing
    await guarded.execute(ok)
    expect(guarded.state).toBe('closed')
    expect(of('open').length).toBe(1)
  })

  it('takes the third result of a trial decided by two as stale', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ failureRate: 2 / 3, minimumCalls: 1, probes: 3, openFor: 50, clock })
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(50)
    const gates = [deferred(), deferred(), deferred()]
    const calls = gates.map((gate) => ended(guarded.execute(() => gate.promise)))
    gates[0]?.reject(down)
    gates[1]?.reject(down)
    await Promise.all(calls.slice(0, 2))
    expect(guarded.state).toBe('open')
    await clock.advance(50)
    const next = deferred()
    const probing = guarded.execute(() => next.promise)
    gates[2]?.reject(down)
    await calls[2]
    expect(guarded.state).toBe('half-open')
    expect(of('open').length).toBe(2)
    next.resolve('fine')
    await probing
  })

  it('is not moved by a probe of an earlier trial', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, probes: 2, clock })
    await ended(guarded.execute(fail))
    await clock.advance(100)
    const [stale, second] = [deferred(), deferred()]
    const calls = [ended(guarded.execute(() => stale.promise)), ended(guarded.execute(() => second.promise))]
    second.reject(down)
    await calls[1]
    expect(guarded.state).toBe('open')
    await clock.advance(100)
    const now = deferred()
    const probing = guarded.execute(() => now.promise)
    stale.reject(down)
    await calls[0]
    expect(guarded.state).toBe('half-open')
    const other = guarded.execute(ok)
    expect(await ended(guarded.execute(ok))).toMatchObject({ ok: false })
    now.resolve('fine')
    await Promise.all([probing, other])
    expect(guarded.state).toBe('closed')
  })

  it('gives the permit of an ignored or aborted probe back', async () => {
    const clock = virtualClock()
    const skip = new Error('not its fault')
    const guarded = circuitBreaker({
      consecutiveFailures: 1,
      openFor: 100,
      clock,
      when: (outcome) => (outcome.ok ? false : outcome.error === skip ? 'ignore' : true),
    })
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(100)
    await ended(guarded.execute(() => Promise.reject(skip)))
    expect(guarded.state).toBe('half-open')
    const controller = new AbortController()
    const left = ended(guarded.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort(down)
    await left
    expect(guarded.state).toBe('half-open')
    expect(of('ignored')).toMatchObject([{ error: skip }, { error: down }])
    await guarded.execute(ok)
    expect(guarded.state).toBe('closed')
  })

  it('gives the permit of a probe back that a policy inside refused', async () => {
    const clock = virtualClock()
    const first = circuitBreaker({ name: 'first', consecutiveFailures: 1, openFor: 100 })
    const second = circuitBreaker({ name: 'second', consecutiveFailures: 1, openFor: 150 })
    const both = pipeline({ clock }, first, second)
    await ended(both.execute(fail))
    await clock.advance(100)
    expect(await ended(both.execute(ok))).toMatchObject({ error: { policy: 'second' } })
    expect([first.state, second.state]).toEqual(['half-open', 'open'])
    await clock.advance(50)
    expect(await both.execute(ok)).toBe('fine')
    expect([first.state, second.state]).toEqual(['closed', 'closed'])
  })

  it('lets a probe lapse that has been out for openFor, and ignores its late result', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
    await ended(guarded.execute(fail))
    await clock.advance(100)
    const [lost, next] = [deferred(), deferred()]
    const lapsed = ended(guarded.execute(() => lost.promise))
    await clock.advance(99)
    expect((await ended(guarded.execute(ok))).ok).toBe(false)
    await clock.advance(1)
    const probing = guarded.execute(() => next.promise)
    lost.reject(down)
    await lapsed
    expect(guarded.state).toBe('half-open')
    next.resolve('fine')
    await probing
    expect(guarded.state).toBe('closed')
  })

  it('decides a trial with a rate as soon as it is certain: 2 of 3, 3 of 4', async () => {
    const trial = async (probes: number, failureRate: number, ...script: readonly (() => Promise<unknown>)[]) => {
      const clock = virtualClock()
      const guarded = circuitBreaker({ failureRate, minimumCalls: 1, probes, openFor: 10, clock })
      await ended(guarded.execute(fail))
      await clock.advance(10)
      const states: string[] = []
      for (const step of script) {
        await ended(guarded.execute(step))
        states.push(guarded.state)
      }
      return states
    }
    expect(await trial(3, 2 / 3, fail, ok)).toEqual(['half-open', 'half-open'])
    expect(await trial(3, 2 / 3, fail, ok, fail)).toEqual(['half-open', 'half-open', 'open'])
    expect(await trial(3, 2 / 3, fail, fail)).toEqual(['half-open', 'open'])
    expect(await trial(3, 2 / 3, ok, ok)).toEqual(['half-open', 'closed'])
    expect(await trial(4, 0.5, ok, fail)).toEqual(['half-open', 'half-open'])
    expect(await trial(4, 0.5, ok, fail, fail)).toEqual(['half-open', 'half-open', 'open'])
  })

  it('waits with its verdict while slow probes may still reach their rate', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({
      failureRate: 1,
      slowCallRate: 2 / 3,
      slowCallAfter: 5,
      minimumCalls: 1,
      probes: 3,
      openFor: 100,
      clock,
    })
    await ended(guarded.execute(fail))
    await clock.advance(100)
    const slow = async () => {
      const gate = deferred()
      const call = guarded.execute(() => gate.promise)
      await clock.advance(6)
      gate.resolve('slow')
      return await call
    }
    await slow()
    await guarded.execute(ok)
    expect(guarded.state).toBe('half-open')
    await slow()
    expect(guarded.state).toBe('open')
  })

  it('reopens at the first failed probe without a rate, and closes after as many successes as probes', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, probes: 3, openFor: 10, clock })
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(10)
    const gates = [deferred(), deferred()]
    const calls = gates.map((gate) => ended(guarded.execute(() => gate.promise)))
    for (const gate of gates) gate.reject(down)
    await Promise.all(calls)
    expect(guarded.state).toBe('open')
    expect(of('open').length).toBe(2)
    await clock.advance(10)
    for (let i = 0; i < 2; i++) await guarded.execute(ok)
    expect(guarded.state).toBe('half-open')
    await guarded.execute(ok)
    expect(guarded.state).toBe('closed')
  })

  it('grows its openings with a backoff, once an opening, and starts again after closing', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({
      consecutiveFailures: 1,
      openFor: exponential({ base: 100, max: 300, jitter: 'none' }),
      clock,
    })
    const lengths: number[] = []
    guarded.on('open', ({ until, time }) => lengths.push(until - time))
    for (let i = 0; i < 4; i++) {
      await ended(guarded.execute(fail))
      await clock.advance(300)
    }
    await guarded.execute(ok)
    await ended(guarded.execute(fail))
    expect(lengths).toEqual([100, 200, 300, 300, 100])
  })

  it('stays open for the default time where its backoff fails', async () => {
    for (const delay of [
      () => Number.NaN,
      () => -1,
      () => {
        throw down
      },
    ]) {
      const clock = virtualClock()
      const guarded = circuitBreaker({
        consecutiveFailures: 1,
        openFor: { kind: 'constant', options: {}, delay },
        clock,
      })
      const { of } = recorder(guarded)
      await ended(guarded.execute(fail))
      expect(of('open')).toMatchObject([{ until: 30_000 }])
      expect(of('fault')).toMatchObject([{ source: 'openFor' }])
    }
  })

  it('counts calls in flight that are slow before they end, and their values still arrive', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ slowCallRate: 0.5, slowCallAfter: 50, minimumCalls: 3, openFor: 100, clock })
    const { of } = recorder(guarded)
    const gates = [deferred(), deferred(), deferred()]
    const calls = gates.map((gate) => guarded.execute(() => gate.promise))
    await clock.advance(50)
    expect(await guarded.execute(ok)).toBe('fine')
    await clock.advance(1)
    expect((await ended(guarded.execute(ok))).ok).toBe(false)
    expect(of('open')).toMatchObject([{ cause: 'slow', error: undefined, since: 50, until: 151 }])
    for (const gate of gates) gate.resolve('slow but fine')
    expect(await Promise.all(calls)).toEqual(['slow but fine', 'slow but fine', 'slow but fine'])
    expect(of('open').length).toBe(1)
  })

  it('counts a slow call once, while it runs or when it ends', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ slowCallRate: 1, slowCallAfter: 50, minimumCalls: 2, clock })
    const gate = deferred()
    const slow = guarded.execute(() => gate.promise)
    await clock.advance(60)
    const quick = deferred()
    const other = guarded.execute(() => quick.promise)
    gate.resolve('slow')
    await slow
    expect(guarded.state).toBe('closed')
    await clock.advance(60)
    quick.resolve('slow too')
    await other
    expect(guarded.state).toBe('open')
  })

  it('takes a hanging probe as a bad one where slow calls count', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, slowCallAfter: 20, openFor: 100, clock })
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    await clock.advance(100)
    void ended(guarded.execute(() => new Promise(() => {})))
    await clock.advance(20)
    expect((await ended(guarded.execute(ok))).ok).toBe(false)
    expect(guarded.state).toBe('half-open')
    await clock.advance(1)
    expect((await ended(guarded.execute(ok))).ok).toBe(false)
    expect(guarded.state).toBe('open')
    expect(of('open')).toMatchObject([{ cause: 'consecutive' }, { cause: 'slow', since: 120 }])
  })

  it('ignores rejections of policies inside unless asked', async () => {
    const few = bulkhead(0)
    const plain = circuitBreaker({ consecutiveFailures: 1 })
    const { names } = recorder(plain)
    await ended(pipeline(plain, few).execute(ok))
    expect([plain.state, names]).toEqual(['closed', ['ignored']])
    const given = circuitBreaker({ consecutiveFailures: 1, when: ({ ok }) => !ok })
    await ended(pipeline(given, few).execute(ok))
    expect(given.state).toBe('closed')
    const asked = circuitBreaker({ consecutiveFailures: 1, when: ({ ok }) => !ok, rejections: 'ask' })
    await ended(pipeline(asked, few).execute(ok))
    expect(asked.state).toBe('open')
    const remote = circuitBreaker({ consecutiveFailures: 1 })
    await ended(remote.execute(() => Promise.reject(new RateLimitedError('m', 'remote'))))
    expect(remote.state).toBe('closed')
  })

  it('forgets what it refused: neither volume nor rate', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ failureRate: 0.5, minimumCalls: 4, openFor: 100, clock })
    for (let i = 0; i < 4; i++) await ended(guarded.execute(fail))
    for (let i = 0; i < 100; i++) await ended(guarded.execute(ok))
    await clock.advance(100)
    await guarded.execute(ok)
    expect(guarded.state).toBe('closed')
    for (const step of [ok, ok, fail]) await ended(guarded.execute(step))
    expect(guarded.state).toBe('closed')
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })

  it('comes to half-open on schedule whatever the wall clock does', async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      const clock = virtualClock({ wall: 1e12 })
      const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
      await ended(guarded.execute(fail))
      clock.stepWall(step)
      await clock.advance(99)
      expect((await ended(guarded.execute(ok))).ok).toBe(false)
      await clock.advance(1)
      expect(await guarded.execute(ok)).toBe('fine')
    }
  })

  it('counts a synchronous throw once, and lets it out as a rejection, also when disabled', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 2 })
    const { of } = recorder(guarded)
    const throwing = () => {
      throw down
    }
    expect(await ended(guarded.execute(throwing))).toEqual({ ok: false, error: down })
    expect(of('failure').length).toBe(1)
    expect(guarded.state).toBe('closed')
    guarded.disable()
    expect(await ended(guarded.execute(throwing))).toEqual({ ok: false, error: down })
    expect(of('failure').length).toBe(1)
  })

  it('judges by `when`, and by the default where that fails', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 1, when: (outcome) => outcome.ok && outcome.value === 503 })
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('closed')
    const { of } = recorder(guarded)
    expect(await guarded.execute(() => 503)).toBe(503)
    expect(guarded.state).toBe('open')
    expect(of('call')).toMatchObject([{ ok: false }])
    const broken = circuitBreaker({
      consecutiveFailures: 1,
      when: () => {
        throw new Error('when')
      },
    })
    const faults = recorder(broken)
    expect(await broken.execute(ok)).toBe('fine')
    expect(broken.state).toBe('closed')
    await ended(broken.execute(fail))
    expect(broken.state).toBe('open')
    expect(faults.of('fault').length).toBe(2)
  })

  it('counts every attempt if it is inside a retry', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 3 })
    const all = pipeline({ clock }, retry({ retries: 2, backoff: 1 }), guarded)
    await clock.settle(ended(all.execute(fail)))
    expect(guarded.state).toBe('open')
  })

  it('takes the caller’s abort as neither, and our own timeout outside as a failure', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, clock })
    const controller = new AbortController()
    const left = ended(guarded.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort()
    await left
    expect(guarded.state).toBe('closed')
    await clock.settle(ended(pipeline({ clock }, timeout(10), guarded).execute(() => new Promise(() => {}))))
    expect(guarded.state).toBe('open')
  })
})

describe('isolation', () => {
  it('refuses every call until the last owner has released it, and does not end by itself', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 10, clock })
    const { of, names } = recorder(guarded)
    const [one, two] = [guarded.isolate(), guarded.isolate()]
    await clock.advance('1h')
    expect(await ended(guarded.execute(ok))).toMatchObject({
      error: { code: 'HF_CIRCUIT_OPEN', retryAfter: undefined },
    })
    one.release()
    one.release()
    expect(guarded.state).toBe('isolated')
    two.release()
    expect(guarded.state).toBe('closed')
    expect(of('close')).toMatchObject([{ from: 'isolated' }])
    expect(names.filter((name) => name === 'isolate').length).toBe(1)
    expect(await guarded.execute(ok)).toBe('fine')
  })

  it('leaves an open breaker closed when it ends, with empty windows', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 2, clock: virtualClock() })
    await ended(guarded.execute(fail))
    guarded.isolate().release()
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('closed')
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })

  it('ignores the results of calls admitted before it', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 1, clock: virtualClock() })
    const gate = deferred()
    const call = ended(guarded.execute(() => gate.promise))
    const held = guarded.isolate()
    gate.reject(down)
    await call
    expect(guarded.state).toBe('isolated')
    held.release()
    expect(guarded.state).toBe('closed')
  })

  it('is ended by reset and disable, and a release after that changes nothing', () => {
    const guarded = circuitBreaker()
    const held = guarded.isolate()
    guarded.disable()
    guarded.disable()
    held.release()
    expect(guarded.state).toBe('disabled')
    const again = guarded.isolate()
    guarded.reset()
    again.release()
    expect(guarded.state).toBe('closed')
  })
})

describe('disable', () => {
  it('lets every call through and counts nothing until reset', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 1, slowCallAfter: 5, clock: virtualClock() })
    const { names } = recorder(guarded)
    guarded.disable()
    for (let i = 0; i < 5; i++) await ended(guarded.execute(fail))
    const controller = new AbortController()
    const left = ended(guarded.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort()
    await left
    expect(guarded.state).toBe('disabled')
    expect(names.filter((name) => name !== 'call')).toEqual(['disable'])
    guarded.reset()
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })
})

it('needs no clock of its own: scripted calls on the real one', async () => {
  const guarded = circuitBreaker({ consecutiveFailures: 2 })
  const operation = scripted<string>(down, 'fine', down, down, 'unreached')
  for (let i = 0; i < 5; i++) await ended(guarded.execute(operation))
  expect([operation.calls.length, guarded.state]).toEqual([4, 'open'])
})
