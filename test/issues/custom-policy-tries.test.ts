/** Tries of a policy of one's own: what is given up really ends, whatever took the try over inside. */
import { pipeline, policy, retry } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const broken = new Error('broken')

describe('an attempt of a custom policy', () => {
  it('ends with the call, also while an inner retry waits to repeat it', async () => {
    const clock = virtualClock()
    const hasty = policy('hasty', async (_call, next) => {
      void next()
      await clock.settle(Promise.resolve())
      return 'answer'
    })
    const operation = scripted<string>(broken)
    const both = pipeline({ clock }, hasty, retry({ retries: 5, backoff: 100 }))
    expect(await both.execute(operation)).toBe('answer')
    expect(clock.pending).toBe(0)
    await clock.advance('1h')
    expect(operation.calls.length).toBe(1)
  })

  it('ends with a signal of its own, also while an inner retry waits to repeat it', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const reason = new Error('enough')
    const limited = policy('limited', (call, next) => next(call.with({ signal: controller.signal })))
    const operation = scripted<string>(broken)
    const both = pipeline({ clock }, limited, retry({ retries: 5, backoff: 100 }))
    const call = ended(both.execute(operation))
    await clock.advance(150)
    expect(operation.calls.length).toBe(2)
    controller.abort(reason)
    expect(await call).toEqual({ ok: false, error: reason })
    expect(clock.pending).toBe(0)
    await clock.advance('1h')
    expect(operation.calls.length).toBe(2)
  })

  it('keeps the inner judgement of a value it passes on', async () => {
    const again = retry({ retries: 0, when: (outcome) => outcome.ok && outcome.value === 503 })
    const logged = pipeline(
      policy('logged', (_call, next) => next()),
      again,
    )
    const { of } = recorder(logged)
    expect(await logged.execute(() => 503)).toBe(503)
    expect(of('call')[0]).toMatchObject({ ok: false, first: false })
  })

  it('is credited with a value that replaces a failure', async () => {
    const orNull = policy('orNull', (_call, next) => next().catch(() => null))
    const { of } = recorder(orNull)
    expect(await orNull.execute(scripted(broken))).toBe(null)
    expect(of('call')[0]).toMatchObject({ ok: true, first: false, savedBy: 'orNull' })
  })

  it('cannot be broken by fields named like the inner parts of a call', async () => {
    const tracing = policy('tracing', (call, next) => next(call.with({ root: 'span' })))
    const refused = await ended(tracing.execute(() => 'fine'))
    expect(refused).toMatchObject({
      ok: false,
      error: new TypeError('call.with: "root" is a name of the call itself'),
    })
    const hostile = policy('hostile', (call, next) => next(call.with(JSON.parse('{"__proto__":{}}'))))
    expect(await ended(hostile.execute(() => 'fine'))).toMatchObject({ ok: false, error: expect.any(TypeError) })
  })

  it('may change values that a policy outside passed in', async () => {
    const outer = policy<unknown, never, { tenant: string }>('outer', (call, next) => next(call.with({ tenant: 'a' })))
    const inner = policy('inner', (call, next) => next(call.with({ tenant: 'b' })))
    expect(await pipeline(outer, inner).execute(({ tenant }) => tenant)).toBe('b')
  })

  it('has a signal on a copy of its call that aborts with the call', async () => {
    const controller = new AbortController()
    let seen: AbortSignal | undefined
    const copying = policy('copying', (call, next) => {
      seen = call.with({ key: 'k' }).signal
      return next()
    })
    const call = ended(copying.execute(() => new Promise(() => {}), { signal: controller.signal }))
    const reason = new Error('left')
    controller.abort(reason)
    await call
    expect(seen?.aborted).toBe(true)
    expect(seen?.reason).toBe(reason)
  })
})
