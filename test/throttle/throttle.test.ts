import { isHoldfastError, retry, type ThrottleOptions, throttle, timeout } from 'holdfast'
import { pipeline } from 'holdfast/pipeline'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'
import vectors from '../data/policies/throttle.json'

const busy = Object.assign(new Error('busy'), { status: 503 })
const refuse = () => Promise.reject(busy)
const accept = () => Promise.resolve('fine')

function made(options: ThrottleOptions = {}) {
  const clock = virtualClock()
  const policy = throttle({ clock, random: () => 0.999, ...options })
  return { clock, policy, recorded: recorder(policy) }
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await ended(work())
}

describe('throttle', () => {
  it.each(vectors.sre)('has the probability of the SRE book: $accepts of $requests, K $K', async (vector) => {
    const { requests, accepts, K, p } = vector
    const { policy } = made({ multiplier: K, floor: 0, minimumCalls: 1, random: () => 1 })
    await times(accepts, () => policy.execute(accept))
    await times(requests - accepts, () => policy.execute(refuse))
    expect(policy.probability).toBeCloseTo(p, 8)
    expect(policy.snapshot()).toMatchObject({ requests, accepts, rejections: 0 })
  })

  it('refuses with the probability it shows, and counts what it refuses', async () => {
    const draws = [0.9, 0.8]
    const { policy, recorded } = made({ random: () => draws.shift() ?? 1 })
    await times(10, () => policy.execute(refuse))
    // 10 of 11, but a tenth always passes.
    expect(policy.probability).toBe(0.9)
    expect(await ended(policy.execute(accept))).toEqual({ ok: true, value: 'fine' })
    expect(policy.probability).toBeCloseTo(9 / 12)
    draws[0] = 0.74
    const end = await ended(policy.execute(accept))
    const error = end.ok ? undefined : end.error
    expect(error).toMatchObject({ code: 'HF_THROTTLED', policy: 'throttle', retryAfter: undefined })
    expect(isHoldfastError(error)).toBe(true)
    expect(recorded.of('reject')).toMatchObject([{ probability: 9 / 12, error, kind: 'throttle' }])
    expect(policy.snapshot()).toEqual({
      probability: 10 / 13,
      requests: 12,
      accepts: 1,
      rejections: 1,
      classes: [{ priority: 0, probability: 10 / 13, requests: 12, accepts: 1 }],
    })
  })

  it('refuses nothing before the least number of calls', async () => {
    const { policy } = made({ random: () => 0 })
    await times(9, () => policy.execute(refuse))
    expect(policy.probability).toBe(0)
    await times(1, () => policy.execute(refuse))
    expect(policy.probability).toBe(0.9)
    expect((await ended(policy.execute(accept))).ok).toBe(false)
  })

  it('counts other errors as accepted, and calls in flight not yet', async () => {
    const { policy, clock } = made()
    await times(50, () => policy.execute(() => Promise.reject(new Error('a bug'))))
    const gates = Array.from({ length: 200 }, () => deferred<string>())
    const calls = gates.map((gate) => policy.execute(() => gate.promise))
    await clock.advance(1000)
    expect([policy.probability, policy.snapshot().requests]).toEqual([0, 50])
    for (const gate of gates) gate.resolve('slow')
    await Promise.all(calls)
    expect(policy.snapshot()).toMatchObject({ requests: 250, accepts: 250 })
  })

  it('forgets what is older than the window, also where it is only asked', async () => {
    const { policy, clock } = made()
    await times(20, () => policy.execute(refuse))
    await clock.advance(26_999)
    expect(policy.probability).toBe(0.9)
    await clock.advance(3001)
    expect(policy.probability).toBe(0)
    expect(policy.snapshot()).toMatchObject({ requests: 0, accepts: 0 })
  })

  it('reports when it begins to refuse, and when it ends, once each', async () => {
    const { policy, clock, recorded } = made({ window: 1000 })
    await times(12, () => policy.execute(refuse))
    expect(recorded.of('change')).toMatchObject([{ from: 0, to: 0.9 }])
    // 12 refused and 12 accepted: it sends twice what is accepted.
    await times(12, () => policy.execute(accept))
    expect(recorded.of('change')).toMatchObject([{ to: 0.9 }, { to: 0 }])
    await times(3, () => policy.execute(refuse))
    await clock.advance(2000)
    await policy.execute(accept)
    expect(recorded.of('change').map(({ to }) => to !== 0)).toEqual([true, false, true, false])
  })

  it('has no clock of its own after its getters were read', () => {
    const clock = virtualClock()
    const policy = throttle()
    expect([policy.probability, policy.snapshot()]).toEqual([
      0,
      { probability: 0, requests: 0, accepts: 0, rejections: 0, classes: [] },
    ])
    expect(() => pipeline({ name: 'p', clock }, policy)).not.toThrow()
  })

  it('refuses the less important calls first', async () => {
    const { policy } = made({ random: () => 0.5 })
    const call = (work: () => Promise<unknown>, priority: number) => ended(policy.execute(work, { priority }))
    for (let i = 0; i < 30; i++) await call(accept, 2)
    for (let i = 0; i < 30; i++) await call(refuse, 2)
    expect(policy.snapshot().classes).toMatchObject([{ priority: 2, probability: 0, requests: 60, accepts: 30 }])
    // No call of that priority yet, but 30 more important ones were refused.
    expect(await call(accept, 1)).toMatchObject({ ok: false, error: { code: 'HF_THROTTLED' } })
    expect(await call(accept, 2)).toMatchObject({ ok: true })
    expect(policy.probability).toBe(0.9)
  })

  it('asks when about what ran, and marks what it calls a failure', async () => {
    const { policy, recorded } = made({
      when: (outcome) => (outcome.ok ? (outcome.value === 'ignored' ? 'ignore' : outcome.value === 'busy') : false),
    })
    await policy.execute(() => 'busy')
    await policy.execute(() => 'ignored')
    await times(1, () => policy.execute(refuse))
    expect(policy.snapshot()).toMatchObject({ requests: 2, accepts: 1 })
    expect(recorded.of('call').map(({ ok }) => ok)).toEqual([false, true, false])
  })

  it('uses its default where when throws, or answers with nonsense', async () => {
    let answer = (): never => {
      throw new Error('a bug')
    }
    const { policy, recorded } = made({ when: () => answer() })
    await times(1, () => policy.execute(refuse))
    answer = () => 'no' as never
    await times(1, () => policy.execute(accept))
    expect(policy.snapshot()).toMatchObject({ requests: 2, accepts: 1 })
    expect(recorded.of('fault').map(({ source }) => source)).toEqual(['when', 'when'])
  })

  it('ignores failures that when ignores', async () => {
    const { policy } = made({ when: () => 'ignore' })
    await times(20, () => policy.execute(refuse))
    expect(policy.snapshot()).toMatchObject({ requests: 0, accepts: 0 })
  })

  it('lets a call pass where random throws or gives no number', async () => {
    let draw = (): number => {
      throw new Error('no luck')
    }
    const { policy, recorded } = made({ random: () => draw() })
    await times(10, () => policy.execute(refuse))
    expect(await policy.execute(accept)).toBe('fine')
    expect(recorded.of('fault')).toMatchObject([{ source: 'random' }])
    draw = () => Number.NaN
    expect(await policy.execute(accept)).toBe('fine')
  })

  it('counts nothing of a call that its caller aborts', async () => {
    const { policy } = made()
    const caller = new AbortController()
    const call = ended(policy.execute(() => new Promise(() => {}), { signal: caller.signal }))
    caller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(policy.snapshot()).toMatchObject({ requests: 0 })
  })

  it('counts a call that an outer timeout ends, once, as accepted', async () => {
    const { policy, clock } = made()
    const both = pipeline({ name: 'both', clock }, timeout(50), policy)
    const gate = deferred<string>()
    const call = ended(both.execute(() => gate.promise))
    await clock.advance(50)
    expect(await call).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    gate.reject(busy)
    await clock.advance(0)
    expect(policy.snapshot()).toMatchObject({ requests: 1, accepts: 1 })
  })

  it('may be aborted by a listener to change or reject', async () => {
    const { policy, clock } = made({ random: () => 0 })
    await times(10, () => policy.execute(refuse))
    const caller = new AbortController()
    policy.once('reject', () => caller.abort('by reject'))
    expect(await ended(policy.execute(accept, { signal: caller.signal }))).toMatchObject({ error: 'by reject' })
    expect(policy.snapshot()).toMatchObject({ requests: 11, rejections: 1 })
    await clock.advance('31s')
    const other = new AbortController()
    policy.once('change', () => other.abort('by change'))
    const work = vi.fn(accept)
    expect(await ended(policy.execute(work, { signal: other.signal }))).toMatchObject({ error: 'by change' })
    expect(work).not.toHaveBeenCalled()
    expect(policy.snapshot()).toMatchObject({ requests: 0, rejections: 1 })
  })

  it('is not asked again by a retry outside', async () => {
    const { policy, clock } = made({ random: () => 0 })
    const both = pipeline({ name: 'both', clock }, retry({ retries: 5, backoff: 0 }), policy)
    await times(10, () => policy.execute(refuse))
    expect(await ended(both.execute(accept))).toMatchObject({ error: { code: 'HF_THROTTLED' } })
    expect(policy.snapshot().rejections).toBe(1)
  })

  it('refuses calls that have no listener, by a stackless error', async () => {
    const policy = throttle({ minimumCalls: 1, random: () => 0 })
    await times(1, () => policy.execute(refuse))
    const end = await ended(policy.execute(accept))
    expect(end.ok ? '' : (end.error as Error).stack).toBe(
      'ThrottledError: throttle: throttled, the dependency refuses calls',
    )
  })

  it('refuses a multiplier below 1', () => {
    expect(() => throttle({ multiplier: 0.9 })).toThrow('throttle: multiplier must be a finite number >= 1, got 0.9')
  })

  it('keeps its count when the clock steps back', async () => {
    let now = 50_000
    const clock = { now: () => now, wall: () => now, schedule: () => {}, cancel: () => {} }
    const policy = throttle({ clock, random: () => 1 })
    await times(10, () => policy.execute(refuse))
    now = 1000
    await times(10, () => policy.execute(refuse))
    expect(policy.snapshot()).toMatchObject({ requests: 20, accepts: 0, probability: 0.9 })
  })

  it.each([
    ['window30floor10%', {}],
    ['window10floor10%', { window: '10s' }],
    ['window30floor5%', { floor: 0.05 }],
  ] as const)('recovers about when it is computed to: %s', async (name, options) => {
    const expected = vectors.recovery[name]['secondsToP<=0.05AfterRecovery']
    const spread: number[] = []
    for (let seed = 1; seed <= 5; seed++) {
      const { policy, clock } = made({ ...options, random: seededRandom(seed) })
      let back: number | undefined
      for (let second = 0; back === undefined; second++) {
        if (second >= 60 && policy.probability <= 0.05) back = second - 60
        await times(10, () => policy.execute(second < 60 ? refuse : accept))
        await clock.advance(1000)
      }
      spread.push(back)
    }
    const mean = spread.reduce((sum, back) => sum + back, 0) / spread.length
    expect(mean).toBeGreaterThan(expected * 0.75)
    expect(mean).toBeLessThan(expected * 1.25)
  })
})
