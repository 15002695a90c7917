import { NoMemberError } from 'holdfast'
import type { MemberSource } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { byHand, made, target, watched } from './by-hand.ts'

describe('a source that fails', () => {
  it('keeps the last list and is reported as a fault', async () => {
    const { names, source, faults, log } = await watched(['a'])
    source.sink.failed(new Error('registry is down'))

    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: registry is down'])
    expect(log.of('fault')[0]).toMatchObject({ source: 'source', policy: 'failoverPool' })
  })

  it('may throw when it starts: that is its first answer, and calls are refused at once', async () => {
    const broken: MemberSource<string> = {
      kind: 'broken',
      watch() {
        throw new Error('no socket')
      },
    }
    const { pool, faults, clock } = made(broken)
    await expect(pool.execute(target)).rejects.toBeInstanceOf(NoMemberError)
    await pool.ready()

    expect(faults()).toEqual(['Error: no socket'])
    expect(clock.pending).toBe(0)
    pool.close()
  })

  it('may throw or reject when it is refreshed or closed', async () => {
    const fail = (what: string) => () => {
      throw new Error(what)
    }
    const thrown = made({ kind: 'rude', initial: ['a'], watch: () => ({ close: fail('close'), refresh: fail('ask') }) })
    await expect(thrown.pool.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    thrown.pool.close()
    expect(thrown.faults()).toEqual(['Error: ask', 'Error: close'])

    const later = (what: string) => () => Promise.reject(new Error(what)) as never
    const rejected = made({
      kind: 'rude',
      initial: ['a'],
      watch: () => ({ close: later('close'), refresh: later('ask') }),
    })
    await expect(rejected.pool.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    rejected.pool.close()
    await rejected.clock.advance(0)
    expect(rejected.faults()).toEqual(['Error: ask', 'Error: close'])
  })

  it('is refreshed when a try fails, and not when one succeeds', async () => {
    const { pool, source } = await watched(['a', 'b'])
    await pool.execute(target)
    expect(source.refreshes).toBe(0)
    await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))
    expect(source.refreshes).toBe(1)
  })

  it('may have no `refresh`, and nothing to close', async () => {
    const { pool, faults } = made({ kind: 'bare', initial: ['a'], watch: () => undefined as never })
    await expect(pool.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    pool.close()
    expect(faults()).toEqual([])
  })
})

describe('a source that never answers', () => {
  it('lets calls wait for `maxWait`, then they are refused', async () => {
    const { clock, pool } = made(byHand(), { maxWait: '2s' })
    const call = clock.settle(pool.execute(target))

    await expect(call).rejects.toBeInstanceOf(NoMemberError)
    expect(clock.now()).toBe(2000)
    expect(clock.pending).toBe(0)
  })

  it('lets calls wait 5 s by default', async () => {
    const { clock, pool } = made()
    await expect(clock.settle(pool.execute(target))).rejects.toMatchObject({ code: 'HF_NO_MEMBER' })
    expect(clock.now()).toBe(5000)
  })

  it('lets a call wait no longer than its deadline', async () => {
    const { clock, pool } = made()
    await expect(clock.settle(pool.execute(target, { deadline: 300 }))).rejects.toBeInstanceOf(NoMemberError)
    expect(clock.now()).toBe(300)
  })

  it('lets a waiting call be aborted at once', async () => {
    const { clock, pool } = made()
    const controller = new AbortController()
    const call = pool.execute(target, { signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)

    await expect(call).rejects.toBe(reason)
    expect(clock.now()).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('picks no member for a waiting call that another one aborts when it is served', async () => {
    const source = byHand()
    const { pool, log } = made(source)
    const controller = new AbortController()
    const reason = new Error('one is enough')
    const first = pool.execute(({ target }) => {
      controller.abort(reason)
      return target
    })
    const second = pool.execute(target, { signal: controller.signal })
    source.sink.update(['a'])

    expect(await first).toBe('a')
    await expect(second).rejects.toBe(reason)
    expect(log.of('select')).toHaveLength(1)
    expect(pool.members).toMatchObject([{ pending: 0 }])
  })

  it('serves waiting calls as soon as it answers', async () => {
    const source = byHand()
    const { clock, pool } = made(source)
    const calls = [pool.execute(target), pool.execute(target)]
    await clock.advance(1000)
    source.sink.update(['a'])

    expect(await Promise.all(calls)).toEqual(['a', 'a'])
    expect(clock.now()).toBe(1000)
    expect(clock.pending).toBe(0)
  })

  it('refuses waiting calls as soon as its first answer is an error', async () => {
    const source = byHand()
    const { clock, pool } = made(source)
    const call = pool.execute(target)
    source.sink.failed(new Error('no'))

    await expect(call).rejects.toBeInstanceOf(NoMemberError)
    expect(clock.pending).toBe(0)
  })

  it('refuses waiting calls when the pool is closed', async () => {
    const { clock, pool } = made()
    const call = pool.execute(target)
    pool.close()

    await expect(call).rejects.toThrow('failoverPool: the pool is closed')
    expect(clock.pending).toBe(0)
  })

  it('does not delay calls if there are members already', async () => {
    const { pool } = made(byHand({ initial: ['a'] }))
    expect(await pool.execute(target)).toBe('a')

    const other = made()
    other.pool.add('mine')
    expect(await other.pool.execute(target)).toBe('mine')
  })
})

describe('a source that gives many lists at once', () => {
  it('has its first and its latest list applied, ten times a second', async () => {
    const { clock, source, names, log } = await watched(['a'])
    for (let i = 0; i < 10_000; i++) source.sink.update([`m${i}`])
    expect(names()).toEqual(['m0'])
    await clock.advance(99)
    expect(names()).toEqual(['m0'])
    await clock.advance(1)

    expect(names()).toEqual(['m9999'])
    expect(log.of('membersChanged')).toHaveLength(3)
    expect(clock.pending).toBe(0)
  })

  it('may give a list from inside a listener', async () => {
    const { clock, pool, source, names } = await watched(['a'])
    let n = 0
    pool.on('membersChanged', () => {
      if (n < 1000) source.sink.update([`m${++n}`])
    })
    source.sink.update(['b'])
    await clock.advance(1000)

    expect(n).toBeLessThan(15)
    expect(names()).toHaveLength(1)
  })
})

describe('the watch', () => {
  it('begins once, with the first call or ready(), and ends with the pool', async () => {
    const source = byHand({ onWatch: (sink) => sink.update(['a']) })
    const { pool } = made(source)
    expect(source.watches).toBe(0)
    await pool.execute(target)
    await pool.ready()
    expect([source.watches, source.closes]).toEqual([1, 0])
    pool.close()
    pool.close()
    expect(source.closes).toBe(1)
  })

  it('never begins after the pool was closed', async () => {
    const source = byHand()
    const { pool } = made(source)
    pool.close()
    await pool.ready()
    await expect(pool.execute(target)).rejects.toThrow('the pool is closed')
    expect(source.watches).toBe(0)
  })

  it('is closed if the pool was closed while it began', async () => {
    const source = byHand({ onWatch: () => pool.close() })
    const { pool } = made(source)
    await pool.ready()
    expect([source.watches, source.closes]).toEqual([1, 1])
  })

  it('is ignored after the pool was closed, and leaves no timer', async () => {
    const { clock, pool, source, names, log } = await watched(['a'])
    source.sink.update(['b'])
    source.sink.update(['c'])
    expect(clock.pending).toBe(1)
    pool.close()
    expect(clock.pending).toBe(0)
    source.sink.update(['d'])
    source.sink.failed(new Error('late'))
    await clock.advance(1000)

    expect(names()).toEqual(['b'])
    expect(log.of('fault')).toEqual([])
  })

  it('gives the source the clock and the random source of the pool', async () => {
    const random = () => 0.25
    const { clock, source } = await watched(['a'], { random })
    expect(source.sink.clock).toBe(clock)
    expect(source.sink.random).toBe(random)
  })

  it('is separate for each pool', async () => {
    const source = byHand()
    const [one, other] = [made(source), made(source)]
    void one.pool.ready()
    void other.pool.ready()
    expect(source.watches).toBe(2)
  })
})

describe('ready()', () => {
  it('waits for the first list or error', async () => {
    for (const answer of ['good', 'bad', 'empty'] as const) {
      const source = byHand()
      const { clock, pool } = made(source)
      let ready = false
      const waiting = pool.ready().then(() => (ready = true))
      await clock.advance(60_000)
      expect(ready).toBe(false)
      if (answer === 'bad') source.sink.failed(new Error('no'))
      else source.sink.update(answer === 'good' ? ['a'] : [])
      await waiting
      await pool.ready()
    }
  })

  it('can be aborted by a signal, before and while it waits', async () => {
    const { pool } = made()
    await expect(pool.ready({ signal: AbortSignal.abort('before') })).rejects.toBe('before')
    const controller = new AbortController()
    const waiting = pool.ready({ signal: controller.signal })
    controller.abort('meanwhile')
    await expect(waiting).rejects.toBe('meanwhile')
  })

  it('ends when the pool is closed', async () => {
    const { pool } = made()
    const waiting = pool.ready()
    pool.close()
    await waiting
  })
})

describe('initial', () => {
  it('serves until the first list, which replaces it', async () => {
    const source = byHand({ initial: ['seed', { target: 'a', weight: 2 }] })
    const { pool, names, log } = made(source)
    expect(names()).toEqual(['seed', 'a'])
    expect(await pool.execute(target)).toBe('seed')
    source.sink.update([{ target: 'a', weight: 2 }, 'b'])

    expect(names()).toEqual(['a', 'b'])
    expect(log.of('membersChanged')).toMatchObject([{ added: ['b'], removed: ['seed'] }])
  })

  it('stays if the first answer is an error', async () => {
    const source = byHand({ initial: ['seed'] })
    const { pool, names } = made(source)
    await pool.execute(target)
    source.sink.failed(new Error('no'))
    source.sink.update([])

    expect(names()).toEqual(['seed'])
    expect(await pool.execute(target)).toBe('seed')
  })

  it('is refused at construction if it is wrong', () => {
    expect(() => made(byHand({ initial: [null] }))).toThrow('a member must have a target, got null')
    expect(() => made(byHand({ initial: [{ target: 'a', weight: -1 }] }))).toThrow(
      'failoverPool: member: weight must be a finite number >= 0, got -1',
    )
  })
})
