import { getEventListeners } from 'node:events'
import { pipeline, policy, retry, timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'

describe("a caller's signal shared by many calls", () => {
  it('carries one listener while any of them runs, and none after the last', async () => {
    const { signal } = new AbortController()
    const around = pipeline(timeout('1m'), retry(1))
    const ends: (() => void)[] = []
    const calls = Array.from({ length: 100 }, () =>
      around.execute(() => new Promise<void>((resolve) => ends.push(resolve)), { signal }),
    )
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const end of ends.splice(0, 99)) end()
    await Promise.all(calls.slice(0, 99))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    ends[0]?.()
    await calls[99]

    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await around.execute(async () => 'again', { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('ends all of them at once, each with the reason itself', async () => {
    const abort = new AbortController()
    const reason = new Error('shutdown')
    const around = pipeline(timeout('1m'))
    const calls = Array.from({ length: 20 }, () =>
      around.execute(() => new Promise(() => {}), { signal: abort.signal }).catch((error: unknown) => error),
    )
    abort.abort(reason)

    for (const error of await Promise.all(calls)) expect(error).toBe(reason)
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  })

  it('may be given to a try by `call.with`', async () => {
    const abort = new AbortController()
    const around = pipeline(policy('signalled', (call, next) => next(call.with({ signal: abort.signal }))))
    const call = around.execute(() => new Promise(() => {}))
    abort.abort('enough')

    await expect(call).rejects.toBe('enough')
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  })
})
