import { failoverPool, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { staleConnection } from '../../../src/failover/call/stale-connection.ts'

function made(options: Parameters<typeof failoverPool<string>>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b'], { clock, selection: ordered(), ...options })
  return { clock, pool, log: recorder(pool) }
}

describe('a kept-alive connection that was closed', () => {
  const gone = (fields: object = { reusedSocket: true }) =>
    Object.assign(new Error('reset'), { code: 'ECONNRESET', ...fields })

  it('is replaced by a new one once, with `reconnect`, and ejects no member', async () => {
    const { pool, log } = made({ outlier: { consecutiveFailures: 1 } })
    const seen: unknown[] = []
    const answer = await pool.execute(({ target, fresh }) => {
      seen.push([target, fresh])
      if (fresh !== true) throw gone()
      return target
    })
    expect(answer).toBe('a')
    expect(seen).toEqual([
      ['a', undefined],
      ['a', true],
    ])
    expect(log.of('reconnect')).toMatchObject([{ member: 'a' }])
    expect(log.of('eject')).toEqual([])
    expect(log.of('call')).toMatchObject([{ ok: true, first: false, attempts: 2, savedBy: 'failoverPool' }])
    expect(pool.members[0]).toMatchObject({ pending: 0, state: 'up' })
  })

  it('counts as a failure the second time, and the next member follows', async () => {
    const { pool, log } = made({ outlier: { consecutiveFailures: 1 } })
    expect(await pool.execute(({ target }) => (target === 'a' ? Promise.reject(gone()) : target))).toBe('b')
    expect(log.names.filter((name) => name !== 'state')).toEqual([
      'select',
      'reconnect',
      'eject',
      'select',
      'failover',
      'success',
      'call',
    ])
  })

  it('is retried once for each member', async () => {
    const { pool, log } = made()
    await pool.execute(({ fresh, target }) => {
      if (target === 'b' && fresh === true) return target
      throw target === 'a' && fresh === true ? new Error('really') : gone()
    })
    expect(log.of('reconnect').map(({ member }) => member)).toEqual(['a', 'b'])
  })

  it('is not replaced if the call is not idempotent, or its deadline is over', async () => {
    const { pool, clock, log } = made()
    await expect(pool.execute(() => Promise.reject(gone()), { idempotent: false })).rejects.toThrow('reset')
    const late = pool.execute(
      async () => {
        await clock.advance(20)
        throw gone()
      },
      { deadline: 10 },
    )
    await expect(late).rejects.toThrow('reset')
    expect(log.of('reconnect')).toEqual([])
  })

  it('is not replaced if the caller aborts from the listener', async () => {
    const { pool } = made()
    const abort = new AbortController()
    pool.on('reconnect', () => abort.abort('stop'))
    let calls = 0
    const call = pool.execute(
      () => {
        calls++
        return Promise.reject(gone())
      },
      { signal: abort.signal },
    )
    await expect(call).rejects.toBe('stop')
    expect(calls).toBe(1)
    expect(pool.members[0]?.pending).toBe(0)
  })

  it('is recognised by a code and by evidence that the connection was used before', () => {
    expect(staleConnection(gone())).toBe(true)
    expect(staleConnection(gone({}))).toBe(false)
    expect(staleConnection(new Error('x'))).toBe(false)
    expect(staleConnection('x')).toBe(false)
    const undici = { code: 'UND_ERR_SOCKET', socket: { bytesRead: 120 } }
    expect(staleConnection(new TypeError('fetch failed', { cause: undici }))).toBe(true)
    expect(staleConnection(new TypeError('fetch failed', { cause: { ...undici, socket: { bytesRead: 0 } } }))).toBe(
      false,
    )
    expect(staleConnection({ cause: { cause: { cause: gone() } } })).toBe(false)
  })

  it('is decided by `stale`; if that throws, the connection was not stale', async () => {
    const { pool, log } = made({
      stale: (error) => {
        if (error === 'odd') throw new Error('no idea')
        return error === 'stale'
      },
    })
    expect(await pool.execute(({ fresh }) => (fresh ? 'again' : Promise.reject('stale')))).toBe('again')
    expect(await pool.execute(({ target }) => (target === 'a' ? Promise.reject('odd') : target))).toBe('b')
    expect(log.of('fault')).toMatchObject([{ source: 'stale' }])
  })
})

describe('a stale connection', () => {
  it.each([true, false])('is replaced by a new one, with or without a listener: %s', async (listens) => {
    const pool = failoverPool(['a', 'b'], { clock: virtualClock(), stale: () => true, random: () => 0 })
    const told: unknown[] = []
    if (listens) pool.on('reconnect', ({ member }) => told.push(member))
    const asked: string[] = []
    const given = await pool.execute(({ member }) => {
      asked.push(member)
      if (asked.length === 1) throw new Error('reset')
      return 'fine'
    })

    expect(given).toBe('fine')
    expect(asked[1]).toBe(asked[0])
    expect(told).toEqual(listens ? [asked[0]] : [])
    pool.close()
  })
})
