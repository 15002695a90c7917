/** Background work that a call starts does not run under that call. The timers are real. */
import { availabilityTracker, cache, currentCall, failoverPool, retry, runWithCall, timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { deferred } from '../composition/deferred.ts'

const hour = { deadline: '1h', key: 'caller' } as const
const here = (): string => currentCall()?.key ?? 'none'

describe('background work', () => {
  it('of a cache, refreshing what is stale, runs under no call', async () => {
    const refreshed = deferred<string>()
    const prices = cache({ ttl: 5, staleWhileRevalidate: '1h' })
    let loads = 0
    const load = () => {
      loads += 1
      if (loads === 2) refreshed.resolve(here())
      return here()
    }
    await runWithCall(hour, async () => {
      expect(await prices.execute(load, { key: 'a' })).toBe('caller')
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await prices.execute(load, { key: 'a' })).toBe('caller')
    })
    expect(await refreshed.promise).toBe('none')
  })

  it('of a pool that checks its members runs under no call', async () => {
    const checked = deferred<string>()
    const pool = runWithCall(hour, () =>
      failoverPool([{ target: 'a' }], {
        check: { every: 5, timeout: 50, run: async () => checked.resolve(here()) },
      }),
    )
    await runWithCall(hour, () => pool.execute(async () => 1))
    expect(await checked.promise).toBe('none')
    pool.close()
  })

  it('of a tracker that probes runs under no call', async () => {
    const probed = deferred<string>()
    const tracker = availabilityTracker()
    runWithCall(hour, () => tracker.probe('db', async () => probed.resolve(here()), { every: 5 }))
    expect(await probed.promise).toBe('none')
    tracker.close()
  })
})

describe('what belongs to a call', () => {
  it('runs under it, after a timer that another call set', async () => {
    const again = retry({ retries: 1, backoff: 5 })
    const keys = ['a', 'b', 'c']
    const attempt = async ({ attempt }: { readonly attempt: number }) => {
      if (attempt === 1) throw new Error('down')
      return here()
    }
    const results = await Promise.all(keys.map((key) => runWithCall({ key }, () => again.execute(attempt))))
    expect(results).toEqual(keys)
  })

  it('leaves nothing for the call after it', async () => {
    const guard = timeout(5)
    const hang = () => new Promise<never>(() => {})
    await runWithCall(hour, () => guard.execute(hang).catch(here)).then((key) => expect(key).toBe('caller'))
    expect(await guard.execute(hang).catch(here)).toBe('none')
  })
})
