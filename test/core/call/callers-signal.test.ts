import { getEventListeners } from 'node:events'
import { bulkhead, pipeline, policy, retry, timeout } from 'holdfast'
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

describe('a signal that is not the platform’s', () => {
  const own = (changes: object): AbortSignal =>
    ({ aborted: false, addEventListener() {}, removeEventListener() {}, ...changes }) as unknown as AbortSignal

  it('is refused where it lacks what is asked of a signal, or that cannot be read', async () => {
    const unreadable = {
      get aborted(): boolean {
        throw new Error('unreadable')
      },
    }
    const lacking = [{ addEventListener: undefined }, { removeEventListener: undefined }, { aborted: 'no' }].map(own)
    const whole = Object.assign(Object.create(unreadable), { addEventListener() {}, removeEventListener() {} })
    for (const signal of [...lacking, whole]) {
      let ran = 0
      const error = await timeout('1m')
        .execute(() => ran++, { signal })
        .catch((error: unknown) => error)
      expect(String(error)).toMatch(/^TypeError: execute: signal must be an AbortSignal/)
      expect(ran).toBe(0)
    }
  })

  it('cannot break a call by what it throws when the call ends', async () => {
    const few = bulkhead({ limit: 1, queue: 1 })
    const around = pipeline(timeout('1m'), few)
    const faults: unknown[] = []
    around.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    const signal = own({
      removeEventListener() {
        throw new Error('cannot leave')
      },
    })
    expect(await around.execute(async () => 'value', { signal })).toBe('value')
    expect(await around.execute(() => 'again', { signal })).toBe('again')
    expect(few.active).toBe(0)
    expect(faults).toEqual([
      ['signal', 'cannot leave'],
      ['signal', 'cannot leave'],
    ])
  })

  it('ends the call with what it throws when it is listened to', async () => {
    const thrown = new Error('no more')
    let looks = 0
    const later = {
      get aborted(): boolean {
        if (looks++ > 0) throw thrown
        return false
      },
      addEventListener() {},
      removeEventListener() {},
    } as unknown as AbortSignal
    const deaf = own({
      addEventListener() {
        throw thrown
      },
    })
    const few = bulkhead({ limit: 1, queue: 1 })
    for (const signal of [later, deaf]) {
      const around = pipeline(timeout('1m'), few)
      await expect(around.execute(async () => 1, { signal })).rejects.toBe(thrown)
      expect(few.active).toBe(0)
      const mine = pipeline(policy('mine', (call, next) => next(call.with({ signal }))))
      looks = 0
      await expect(mine.execute(async () => 1)).rejects.toBe(thrown)
      looks = 0
    }
  })

  it('throws nothing into the code that aborts it if its reason cannot be read', async () => {
    let abort = (): void => {}
    const signal = {
      aborted: false,
      get reason(): unknown {
        throw new Error('unreadable')
      },
      addEventListener: (_: string, listener: () => void) => {
        abort = listener
      },
      removeEventListener() {},
    } as unknown as AbortSignal
    const call = timeout('1m').execute(() => new Promise(() => {}), { signal })
    abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('emits a fault if it throws when an attempt leaves it', async () => {
    const signal = own({
      removeEventListener() {
        throw new Error('cannot leave')
      },
    })
    const mine = pipeline(policy('mine', (call, next) => next(call.with({ signal }))))
    const faults: string[] = []
    mine.on('fault', ({ source }) => faults.push(source))
    expect(await mine.execute(async () => 1)).toBe(1)
    expect(faults).toEqual(['signal'])
  })
})
