/** What depends on where the library is loaded: in a Worker (here only named as one), in a browser, within a call. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

type Core = typeof import('../../src/core/context.ts')
type Rooms = typeof import('../../src/bulkhead/index.ts') & typeof import('../../src/timeout/index.ts')

async function load(): Promise<Core & Rooms> {
  const context = await import('../../src/core/context.ts')
  const bulkhead = await import('../../src/bulkhead/index.ts')
  const timeout = await import('../../src/timeout/index.ts')
  return { ...context, ...bulkhead, ...timeout }
}

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const hang = (): Promise<never> => new Promise(() => {})

describe('in a Worker', () => {
  beforeEach(() => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  })

  it('a call from a queue goes on by a promise of its own, and says by a timer that it waits', async () => {
    const { bulkhead } = await load()
    const few = bulkhead({ limit: 1, queue: 1 })
    let free = (): void => {}
    const first = few.execute(() => new Promise<void>((resolve) => (free = resolve)))
    const second = few.execute(() => 'second')
    expect(vi.getTimerCount()).toBe(1)
    free()
    await first
    expect(await second).toBe('second')
    expect([few.active, few.queued, vi.getTimerCount()]).toEqual([0, 0, 0])
  })

  it('a call that is given up in a queue leaves no timer', async () => {
    const { bulkhead } = await load()
    const few = bulkhead({ limit: 0, queue: 1 })
    const caller = new AbortController()
    const call = few.execute(() => 1, { signal: caller.signal })
    caller.abort('left')
    await expect(call).rejects.toBe('left')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a call whose wait ends is refused, unless it is given up before', async () => {
    const { bulkhead } = await load()
    const few = bulkhead({ limit: 0, queue: 2, maxWait: 50 })
    const caller = new AbortController()
    const calls = [few.execute(() => 1), few.execute(() => 2, { signal: caller.signal })].map((call) =>
      call.catch((error: { code?: string }) => error.code ?? error),
    )
    vi.advanceTimersByTime(50)
    caller.abort('left')
    expect(await Promise.all(calls)).toEqual(['HF_BULKHEAD_FULL', 'left'])
    expect([few.active, few.queued, vi.getTimerCount()]).toEqual([0, 0, 0])
  })

  it('a call waits also where a request may have no more timers', async () => {
    const { requestContext, runIn } = await load()
    vi.stubGlobal('setTimeout', () => {
      throw new Error('QuotaExceededError')
    })
    const context = requestContext()
    const went = await new Promise<string>((resolve) => runIn(context, () => resolve('went')))
    expect(went).toBe('went')
  })

  it('each call waits on a timer of its own, and background work runs where it is begun', async () => {
    const { timeout, outside } = await load()
    const limit = timeout(100)
    const calls = [1, 2, 3].map(() => limit.execute(hang).catch((error: { code: string }) => error.code))
    expect(vi.getTimerCount()).toBe(3)
    vi.advanceTimersByTime(100)
    expect(await Promise.all(calls)).toEqual(['HF_TIMEOUT', 'HF_TIMEOUT', 'HF_TIMEOUT'])
    let ran = 0
    outside(() => ran++)
    expect(ran).toBe(1)
  })
})

describe('where the runtime has no async contexts', () => {
  it('work runs as it is', async () => {
    const { getBuiltinModule } = process
    try {
      Object.assign(process, { getBuiltinModule: undefined })
      const { currentContext, outside, runIn, requestContext } = await load()
      expect([currentContext(), requestContext()]).toEqual([undefined, undefined])
      const ran: string[] = []
      outside(() => ran.push('outside'))
      runIn(undefined, () => ran.push('in'))
      expect(ran).toEqual(['outside', 'in'])
    } finally {
      Object.assign(process, { getBuiltinModule })
    }
  })
})

describe('where the library is loaded within a call', () => {
  it('background work is in no caller’s context', async () => {
    const tenant = new AsyncLocalStorage<string>()
    const { outside } = await tenant.run('alice', load)
    const seen: (string | undefined)[] = []
    tenant.run('bob', () => outside(() => seen.push(tenant.getStore())))
    expect(seen).toEqual([undefined])
  })
})
