import { bulkhead, fallback, pipeline, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended, thenable } from '../composition/deferred.ts'

const down = new Error('down')
const fail = () => Promise.reject(down)

describe('fallback', () => {
  it('gives its value, or what its function gives, in place of an error', async () => {
    expect(await fallback({ value: 5 }).execute(fail)).toBe(5)
    expect(await fallback({ value: undefined }).execute(fail)).toBe(undefined)
    expect(await fallback({ value: () => 6 }).execute(fail)).toBe(6)
    expect(await fallback({ value: async () => 7 }).execute(fail)).toBe(7)
    const eight = thenable({ value: (yes: (given: number) => void) => yes(8) })
    expect(await fallback({ value: eight }).execute(fail)).toBe(8)
    expect(await fallback({ value: 5 }).execute(() => 'fine')).toBe('fine')
  })

  it('passes the error, the outcome and the call to its function', async () => {
    let context: { error: unknown; outcome: unknown; call: { key: string | undefined } } | undefined
    const orKey = fallback({
      value: (given) => {
        context = given
        return given.call.key
      },
    })
    expect(await orKey.execute(fail, { key: 'k' })).toBe('k')
    expect(context?.error).toBe(down)
    expect(context?.outcome).toEqual({ ok: false, error: down })
  })

  it('sends the original error with its event', async () => {
    const orNull = fallback({ value: null })
    const { of } = recorder(orNull)
    await orNull.execute(fail)
    expect(of('fallback')).toMatchObject([{ error: down }])
  })

  it('replaces rejections and timeouts too', async () => {
    const clock = virtualClock()
    expect(await pipeline({ clock }, fallback({ value: 'full' }), bulkhead(0)).execute(() => 1)).toBe('full')
    const late = pipeline({ clock }, fallback({ value: 'late' }), timeout(10)).execute(
      () => new Promise<string>(() => {}),
    )
    expect(await clock.settle(late)).toBe('late')
  })

  it('replaces values that `when` judges failures', async () => {
    const seen: unknown[] = []
    const orFine = fallback<number, number>({
      value: ({ error, outcome }) => {
        seen.push(error, outcome)
        return 200
      },
      when: (outcome) => outcome.ok && outcome.value === 503,
    })
    expect(await orFine.execute(() => 503)).toBe(200)
    expect(await orFine.execute(() => 404)).toBe(404)
    expect(await ended(orFine.execute(fail))).toEqual({ ok: false, error: down })
    expect(seen).toEqual([undefined, { ok: true, value: 503 }])
  })

  it('lets its own error out unchanged', async () => {
    const own = Object.freeze({ own: true })
    const throwing = fallback({
      value: () => {
        throw own
      },
    })
    expect(await ended(throwing.execute(fail))).toEqual({ ok: false, error: own })
    const rejecting = fallback({ value: () => Promise.reject(own) })
    const { of } = recorder(rejecting)
    expect(await ended(rejecting.execute(fail))).toEqual({ ok: false, error: own })
    expect(of('call')).toMatchObject([{ ok: false, savedBy: undefined }])
  })

  it('is not asked when the caller aborts', async () => {
    const controller = new AbortController()
    const orNull = fallback({ value: null })
    const { names } = recorder(orNull)
    const call = ended(orNull.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(names).toEqual(['call'])
  })

  it('can be left while its function is under way, whose late end is dropped', async () => {
    for (const end of ['resolve', 'reject'] as const) {
      const controller = new AbortController()
      const gate = deferred()
      let signal: AbortSignal | undefined
      const slow = fallback({
        value: ({ call }) => {
          signal = call.signal
          return gate.promise
        },
      })
      const few = bulkhead(1)
      const all = pipeline(few, slow)
      const { of } = recorder(all)
      const call = ended(all.execute(fail, { signal: controller.signal }))
      await virtualClock().advance(0)
      controller.abort('left')
      expect(await call).toEqual({ ok: false, error: 'left' })
      expect(signal?.aborted).toBe(true)
      gate[end](down)
      await virtualClock().advance(0)
      expect([of('call').length, few.active]).toEqual([1, 0])
    }
  })

  it('calls no function where a listener to its event aborts', async () => {
    const controller = new AbortController()
    let asked = 0
    const counting = fallback({ value: () => asked++ })
    counting.on('fallback', () => controller.abort('left'))
    const gate = deferred()
    const call = ended(counting.execute(() => gate.promise, { signal: controller.signal }))
    gate.reject(down)
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(asked).toBe(0)
  })

  it('replaces an error inside a retry, which then has nothing to retry', async () => {
    const operation = scripted(down)
    expect(await pipeline(retry(3), fallback({ value: 'instead' })).execute(operation)).toBe('instead')
    expect(operation.calls.length).toBe(1)
  })
})
