import { type Call, isHoldfastError, pipeline, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const unprepared = new Error('no token')

describe('before', () => {
  it('is awaited before each further try, after the wait', async () => {
    const clock = virtualClock()
    const seen: unknown[] = []
    const second = new Error('second')
    const again = retry({
      retries: 3,
      backoff: 100,
      clock,
      before: async ({ attempt, error, call }) => {
        seen.push([attempt, error, call.attempt, call.key, clock.now()])
        await clock.advance(5)
      },
    })
    const startedAt: number[] = []
    const work = scripted<string>(down, second, 'fine')
    const operation = (call: Call) => {
      startedAt.push(clock.now())
      return work(call)
    }
    expect(await clock.settle(again.execute(operation, { key: 'k' }))).toBe('fine')
    expect(seen).toEqual([
      [1, down, 1, 'k', 100],
      [2, second, 2, 'k', 205],
    ])
    expect(startedAt).toEqual([0, 105, 210])
  })

  it('is not called where there is no further try, and its value says nothing', async () => {
    let called = 0
    const before = () => {
      called++
      return false
    }
    await retry({ before }).execute(() => 1)
    await ended(retry({ retries: 0, before }).execute(() => Promise.reject(down)))
    expect(called).toBe(0)
    expect(await retry({ backoff: 0, before }).execute(scripted<string>(down, 'fine'))).toBe('fine')
    expect(called).toBe(1)
  })

  it('is given no error where a value was judged a failure', async () => {
    const errors: unknown[] = []
    const again = retry<number>({
      backoff: 0,
      when: ({ ok }) => ok,
      before: ({ error }) => errors.push(error),
      retries: 1,
    })
    expect(await again.execute(() => 503)).toBe(503)
    expect(errors).toEqual([undefined])
  })

  for (const [how, before] of [
    ['throws', () => thrown()],
    ['rejects', () => Promise.reject(unprepared)],
  ] as const) {
    it(`ends the tries where it ${how}: the caller gets what the work failed with`, async () => {
      const again = retry({ retries: 5, backoff: 0, before })
      const { of } = recorder(again)
      const operation = scripted(down)
      expect(await ended(again.execute(operation))).toEqual({ ok: false, error: down })
      expect(operation.calls).toHaveLength(1)
      expect(of('fault')).toMatchObject([{ source: 'before', error: unprepared }])
      expect(of('giveUp')).toMatchObject([{ reason: 'before', attempts: 1, error: down }])
    })
  }

  it('does not hold an aborted call', async () => {
    const clock = virtualClock()
    const gate = deferred()
    const signals: AbortSignal[] = []
    const again = retry({
      backoff: 10,
      clock,
      before: ({ call }) => {
        signals.push(call.signal)
        return gate.promise
      },
    })
    const controller = new AbortController()
    const operation = scripted(down)
    const left = ended(again.execute(operation, { signal: controller.signal }))
    await clock.advance(10)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    controller.abort(unprepared)
    expect(await left).toEqual({ ok: false, error: unprepared })
    expect(signals[0]?.aborted).toBe(true)
    gate.resolve(undefined)
    await clock.advance('1h')
    expect(operation.calls).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('may abort the call itself', async () => {
    for (const backoff of [0, 10]) {
      const clock = virtualClock()
      const controller = new AbortController()
      const again = retry({ backoff, clock, before: () => controller.abort(unprepared) })
      const operation = scripted(down)
      const end = clock.settle(ended(again.execute(operation, { signal: controller.signal })))
      expect(await end).toEqual({ ok: false, error: unprepared })
      expect(operation.calls).toHaveLength(1)
    }
  })

  it('is bounded by a timeout outside, and by a deadline', async () => {
    const clock = virtualClock()
    const again = retry({ backoff: 10, before: () => new Promise(() => {}) })
    const bounded = pipeline({ clock }, timeout(50), again)
    const end = await clock.settle(ended(bounded.execute(scripted(down))))
    expect(!end.ok && isHoldfastError(end.error) && end.error.code).toBe('HF_TIMEOUT')
    expect(clock.now()).toBe(50)

    const slow = retry({ backoff: 10, clock, before: () => clock.advance(100) })
    const { of } = recorder(slow)
    const operation = scripted(down)
    expect(await clock.settle(ended(slow.execute(operation, { deadline: 60 })))).toEqual({ ok: false, error: down })
    expect(of('giveUp')).toMatchObject([{ reason: 'deadline' }])
    expect(operation.calls).toHaveLength(1)
  })
})

function thrown(): never {
  throw unprepared
}

describe('endless retries', () => {
  it('go on until one succeeds', async () => {
    const clock = virtualClock()
    const again = retry({ retries: Number.POSITIVE_INFINITY, backoff: '1s', clock })
    let calls = 0
    const operation = () => (++calls < 500 ? Promise.reject(down) : 'fine')
    expect(await clock.settle(again.execute(operation))).toBe('fine')
    expect(clock.now()).toBe(499_000)
  })

  it('end with the deadline', async () => {
    const clock = virtualClock()
    const again = retry({ retries: Number.POSITIVE_INFINITY, backoff: '1s', clock })
    const { of } = recorder(again)
    expect(await clock.settle(ended(again.execute(scripted(down), { deadline: '10s' })))).toEqual({
      ok: false,
      error: down,
    })
    expect(of('giveUp')).toMatchObject([{ reason: 'deadline', attempts: 11 }])
  })

  it('that fail at once without a wait let the process do other work, and end at an abort', async () => {
    const again = retry({ retries: Number.POSITIVE_INFINITY, backoff: 0 })
    const controller = new AbortController()
    setTimeout(() => controller.abort(unprepared), 20)
    const failing = () => {
      throw down
    }
    expect(await ended(again.execute(failing, { signal: controller.signal }))).toEqual({ ok: false, error: unprepared })
  })
})
