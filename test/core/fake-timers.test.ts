/** Fake timers that come and go while the library is in use, as in the tests of its users. No test here waits long. */
import { mock } from 'node:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bulkhead } from '../../src/bulkhead/index.ts'
import { realClock } from '../../src/core/clock.ts'
import { type BulkheadFullError, TimeoutError } from '../../src/core/errors.ts'
import { Alarm } from '../../src/core/timer.ts'
import { retry } from '../../src/retry/index.ts'
import { timeout } from '../../src/timeout/index.ts'

const real = setTimeout
const hang = (): Promise<never> => new Promise(() => {})
const sleep = (ms: number): Promise<void> => new Promise((resolve) => real(resolve, ms))

/** Each way to fake timers, with what it fakes. */
const libraries = {
  'all that vitest and sinon fake': {
    use: () => void vi.useFakeTimers(),
    tick: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    restore: () => void vi.useRealTimers(),
  },
  'timers of vitest and sinon without performance': {
    use: () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }),
    tick: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    restore: () => void vi.useRealTimers(),
  },
  'timers of node:test': {
    use: () => mock.timers.enable({ apis: ['setTimeout', 'Date'] }),
    tick: async (ms: number) => {
      await sleep(0)
      mock.timers.tick(ms)
      await sleep(0)
    },
    restore: () => mock.timers.reset(),
  },
}

afterEach(() => {
  vi.useRealTimers()
  mock.timers.reset()
})

describe.each(Object.entries(libraries))('fake timers: %s', (_, { use, tick, restore }) => {
  it('end a call after a real call with the same limit', async () => {
    await timeout(200).execute(async () => 1)
    use()
    const call = timeout(200)
      .execute(hang)
      .catch((error: unknown) => error)
    await tick(200)
    expect(await call).toBeInstanceOf(TimeoutError)
  })

  it('end calls that began at the same fake moment at the same fake moment', async () => {
    use()
    const limited = timeout(200)
    await limited.execute(async () => 1)
    const first = limited.execute(hang).catch(() => 'first')
    await sleep(5)
    const second = limited.execute(hang).catch(() => 'second')
    await tick(200)
    expect(await Promise.all([first, second])).toEqual(['first', 'second'])
  })

  it('leave a real call after them as it was', async () => {
    use()
    await timeout(30).execute(async () => 1)
    const hanging = timeout(30)
      .execute(hang)
      .catch(() => 'ended')
    restore()
    const call = await timeout(30)
      .execute(hang)
      .catch((error: unknown) => error)
    expect(call).toBeInstanceOf(TimeoutError)
    expect(await hanging).toBe('ended')
  })

  it('may come again', async () => {
    for (let i = 0; i < 3; i++) {
      use()
      await timeout(300).execute(async () => 1)
      const call = timeout(300)
        .execute(hang)
        .catch((error: unknown) => error)
      await tick(300)
      expect(await call).toBeInstanceOf(TimeoutError)
      restore()
    }
  })

  it('end a wait that was armed before them, as time itself does', async () => {
    const byFake = timeout(60_000)
      .execute(hang)
      .catch((error: unknown) => error)
    const byReal = timeout(20)
      .execute(hang)
      .catch((error: unknown) => error)
    use()
    await timeout('1h').execute(async () => 1)
    expect(await byReal).toBeInstanceOf(TimeoutError)
    await tick(60_000)
    expect(await byFake).toBeInstanceOf(TimeoutError)
  })

  it('take a wait back that was armed by others', async () => {
    let rang = 0
    const ring = new Alarm(() => rang++)
    realClock.schedule(ring, 40)
    use()
    realClock.now()
    realClock.cancel(ring)
    await tick(100)
    restore()
    await sleep(60)
    expect(rang).toBe(0)
  })

  it('let a retry wait, and a wait in a queue end', async () => {
    use()
    let tries = 0
    const again = retry({ retries: 1, backoff: 400 }).execute(() => {
      if (tries++ === 0) throw new Error('once')
      return 'second try'
    })
    await tick(400)
    expect(await again).toBe('second try')
    const one = bulkhead({ limit: 1, queue: 1, maxWait: 100 })
    void one.execute(hang)
    const waiting = one.execute(hang).catch((error: unknown) => (error as BulkheadFullError).code)
    await tick(100)
    expect(await waiting).toBe('HF_BULKHEAD_FULL')
  })

  it('keep time from going back', async () => {
    let latest = realClock.now()
    const check = (): void => {
      const now = realClock.now()
      expect(now).toBeGreaterThanOrEqual(latest)
      expect(now - latest).toBeLessThan(5000)
      latest = now
    }
    for (let i = 0; i < 3; i++) {
      use()
      check()
      const ended = timeout(500)
        .execute(hang)
        .catch(() => {})
      await tick(500)
      await ended
      check()
      restore()
      check()
    }
  })
})

describe('the real clock under fake timers', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  it('returns the wall time that was set, at once', () => {
    vi.setSystemTime(1_700_000_000_000)
    expect(realClock.wall(realClock.now())).toBe(1_700_000_000_000)
    vi.setSystemTime(1_800_000_000_000)
    expect(realClock.wall(realClock.now())).toBe(1_800_000_000_000)
  })

  it('leaves no fake timer after a call that has ended', async () => {
    await timeout(200).execute(async () => 1)
    expect(vi.getTimerCount()).toBe(0)
    expect(realClock.recent?.()).toBe(realClock.now())
    expect(vi.getTimerCount()).toBe(0)
  })
})
