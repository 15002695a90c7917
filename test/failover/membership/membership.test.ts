import { circuitBreaker, NoMemberError } from 'holdfast'
import { type FailoverOptions, failoverPool, type MemberSource, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { byHand } from './by-hand.ts'

function made(source: MemberSource<string> = byHand(), options: FailoverOptions<string> = {}) {
  const clock = virtualClock()
  const pool = failoverPool(source, { clock, random: () => 0.5, selection: ordered(), ...options })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  return { clock, pool, log, names, faults }
}

/** A pool whose source is watched, and past the time in which lists are gathered. */
async function watched(list: readonly unknown[], options: FailoverOptions<string> = {}) {
  const source = byHand()
  const all = made(source, options)
  void all.pool.ready()
  const say = async (members: readonly unknown[]) => {
    source.sink.update(members)
    await all.clock.advance(100)
  }
  await say(list)
  return { ...all, source, say }
}

const target = ({ target }: { readonly target: string }) => target

describe('a list from a source', () => {
  it('makes the members, and later lists add, remove and keep by name', async () => {
    const { names, say, log } = await watched(['a', { target: 'b', weight: 2 }])
    expect(names()).toEqual(['a', 'b'])
    await say(['c', { target: 'b', weight: 2 }])

    expect(names()).toEqual(['b', 'c'])
    expect(log.of('membersChanged')).toMatchObject([
      { added: ['a', 'b'], removed: [] },
      { added: ['c'], removed: ['a'] },
    ])
  })

  it('keeps what is known of a member through lists in another order', async () => {
    const { pool, say } = await watched(['a', 'b'], { outlier: { consecutiveFailures: 1 } })
    await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))
    expect(pool.members).toMatchObject([{ name: 'a', state: 'ejected' }, { state: 'up' }])
    await say(['b', 'c', 'a'])

    expect(pool.members).toMatchObject([
      { name: 'a', state: 'ejected' },
      { name: 'b', state: 'up', latency: 0 },
      { name: 'c', state: 'unknown' },
    ])
  })

  it('begins slowly with those that join others, and at once with a first or an altogether new list', async () => {
    const { pool, say } = await watched(['a', 'b', 'c'], { slowStart: '10s' })
    const cold = () => pool.members.filter(({ warmth }) => warmth < 1).map(({ name }) => name)
    expect(cold()).toEqual([])
    await say(['a', 'b', 'c', 'd'])
    expect(cold()).toEqual(['d'])
    await say(['x', 'y'])
    expect(cold()).toEqual([])
  })

  it('changes weight, zone and priority of a member that stays', async () => {
    const { pool, say, log } = await watched(['a', 'b'])
    await say(['a', { target: 'b', weight: 3, zone: 'z', priority: -1 }])

    expect(pool.members[1]).toMatchObject({ weight: 3, zone: 'z', priority: -1 })
    expect(await pool.execute(target)).toBe('b')
    expect(log.of('membersChanged').slice(1)).toMatchObject([{ added: [], removed: [], changed: ['b'] }])
  })

  it('leaves what the user changed until the source says something new', async () => {
    const { pool, say } = await watched([{ target: 'a', weight: 2 }])
    pool.update('a', { weight: 7 })
    await say([{ target: 'a', weight: 2 }])
    expect(pool.members[0]).toMatchObject({ weight: 7 })
    await say([{ target: 'a', weight: 3 }])
    expect(pool.members[0]).toMatchObject({ weight: 3 })
  })

  it('replaces a member whose target changed under the same name', async () => {
    const { pool, say, log } = await watched([{ name: 'x', target: 'a' }])
    await pool.execute(target)
    await say([{ name: 'x', target: 'b' }])

    expect(pool.members).toMatchObject([{ name: 'x', target: 'b', state: 'unknown', latency: undefined }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ added: ['x'], removed: ['x'] })
  })

  it('takes targets of equal fields, and equal URLs, for the same', async () => {
    const place = (port: number) => ({ name: 'x', target: { host: 'h', port } })
    const { log, say } = await watched([place(1), new URL('http://u/'), { name: 'n', target: 1 }])
    await say([place(1), new URL('http://u/'), { name: 'n', target: 1 }])
    expect(log.of('membersChanged')).toHaveLength(1)
    await say([place(2), new URL('http://u/'), { name: 'n', target: null }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ removed: ['x', 'n'], added: ['x'] })
    await say([{ name: 'x', target: { host: 'h' } }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ removed: ['http://u/', 'x'], added: ['x'] })
  })

  it('names places by address and other targets by their content, the same in each list', async () => {
    const list = [{ host: 'a', port: 1 }, { host: '::1', port: 2 }, { region: 'eu' }, { target: 5, weight: 2 }]
    const { names, say, log, faults } = await watched(list)
    await say([...list].reverse())

    expect(names()).toEqual(['a:1', '[::1]:2', '{"region":"eu"}', '5'])
    expect(log.of('membersChanged')).toHaveLength(1)
    expect(faults()).toEqual([])
  })

  it('leaves members of the user alone, and takes none in their place', async () => {
    const { pool, names, say, faults } = await watched(['a'])
    pool.add('mine')
    await say(['b', 'mine'])
    expect(names()).toEqual(['mine', 'b'])
    expect(faults()).toEqual(['TypeError: byHand: "mine" is a member already'])

    // Its own member, which the user removed and added again, is the user's from then on.
    pool.remove('b')
    pool.add('b')
    await say(['c'])
    expect(names()).toEqual(['mine', 'b', 'c'])
  })

  it('brings back a member that the user removed', async () => {
    const { pool, names, say } = await watched(['a', 'b'])
    pool.remove('a')
    await say(['a', 'b'])
    expect(names()).toEqual(['b', 'a'])
  })

  it('warms a new member up beside those that are warm', async () => {
    const { clock, pool, say } = await watched(['a'], { slowStart: '10s' })
    await say(['a', 'b'])
    expect(pool.members).toMatchObject([{ warmth: 1 }, { state: 'warming', warmth: 0.1 }])
    await clock.advance(5000)
    expect(pool.members[1]?.warmth).toBeCloseTo(0.5, 1)
    await clock.advance(5000)
    expect(pool.members[1]).toMatchObject({ state: 'up', warmth: 1 })
  })

  it('lets tries of a member that has left end, and count for nothing', async () => {
    const { pool, names, say } = await watched(['a', 'b'])
    let end = (_: string): void => {}
    const running = pool.execute(() => new Promise<string>((resolve) => (end = resolve)))
    await say(['b'])
    end('late')

    expect(await running).toBe('late')
    expect(names()).toEqual(['b'])
  })
})

describe('a list that is not right', () => {
  it.each([
    ['empty', [], 'gave no member, the last list stays'],
    ['no list', 'a,b' as never, 'members must be an array'],
    ['nothing', undefined as never, 'members must be an array'],
  ])('keeps the last one where it is %s, and says so', async (_, list, message) => {
    const { names, say, faults } = await watched(['a', 'b'])
    await say(list)

    expect(names()).toEqual(['a', 'b'])
    expect(faults()).toEqual([`TypeError: byHand: ${message}`])
  })

  it('keeps the last one where nothing in it is right', async () => {
    const { names, say, faults } = await watched(['a', 'b'])
    await say([null, undefined, '', { target: 'c', weight: -1 }, { target: 'd', wieght: 1 }, () => 1])

    expect(names()).toEqual(['a', 'b'])
    expect(faults()).toEqual([
      'TypeError: a member must have a target, got null',
      'TypeError: a member must have a target, got undefined',
      'TypeError: a member must have a target, got ""',
      'TypeError: failoverPool: member: weight must be a finite number >= 0, got -1',
      'TypeError: failoverPool: member: "wieght" is not an option, did you mean weight?',
      'TypeError: a member of a source must have a name, got a function',
      'TypeError: byHand: gave no member, the last list stays',
    ])
  })

  it('is taken without what is wrong in it, and what is said twice counts once', async () => {
    const { pool, say, faults } = await watched(['a'])
    await say([{ target: 'a', weight: 2 }, { target: Number.NaN, name: 5 }, 'b', { target: 'a', weight: 9 }])

    expect(pool.members).toMatchObject([
      { name: 'a', weight: 2 },
      { name: 'b', weight: 1 },
    ])
    expect(faults()).toEqual(['TypeError: failoverPool: member: name must be a non-empty string, got 5'])
  })

  it('is taken without a member whose guard cannot be made, which comes with a later list', async () => {
    let broken = true
    const guard = ({ name }: { name: string }) => {
      if (name === 'b' && broken) throw new Error('no guard')
      return circuitBreaker()
    }
    const { names, say, faults, log } = await watched(['a', 'b'], { guard })
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: no guard'])
    broken = false
    await say(['a', 'b'])

    expect(names()).toEqual(['a', 'b'])
    expect(log.of('membersChanged').map(({ added }) => added)).toEqual([['a'], ['b']])
  })
})

describe('a source that fails', () => {
  it('keeps the last list and is told as a fault', async () => {
    const { names, source, faults, log } = await watched(['a'])
    source.sink.failed(new Error('registry is down'))

    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: registry is down'])
    expect(log.of('fault')[0]).toMatchObject({ source: 'source', policy: 'failoverPool' })
  })

  it('may throw as it begins: that is its answer, and calls are refused at once', async () => {
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

  it('may throw or reject when it is asked again or closed', async () => {
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

  it('is asked again when a member fails, and not when it serves', async () => {
    const { pool, source } = await watched(['a', 'b'])
    await pool.execute(target)
    expect(source.refreshes).toBe(0)
    await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))
    expect(source.refreshes).toBe(1)
  })

  it('may have nothing to ask again or to close', async () => {
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

  it('lets calls wait 5 s where nothing is said', async () => {
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

  it('serves waiting calls as soon as it does answer', async () => {
    const source = byHand()
    const { clock, pool } = made(source)
    const calls = [pool.execute(target), pool.execute(target)]
    await clock.advance(1000)
    source.sink.update(['a'])

    expect(await Promise.all(calls)).toEqual(['a', 'a'])
    expect(clock.now()).toBe(1000)
    expect(clock.pending).toBe(0)
  })

  it('refuses waiting calls as soon as its first answer is bad', async () => {
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

  it('does not hold calls where there are members already', async () => {
    const { pool } = made(byHand({ initial: ['a'] }))
    expect(await pool.execute(target)).toBe('a')

    const other = made()
    other.pool.add('mine')
    expect(await other.pool.execute(target)).toBe('mine')
  })
})

describe('a source that floods', () => {
  it('is taken at its first and latest word, ten times a second', async () => {
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

  it('may speak from inside what it is told', async () => {
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

  it('is let go where the pool was closed while it began', async () => {
    const source = byHand({ onWatch: () => pool.close() })
    const { pool } = made(source)
    await pool.ready()
    expect([source.watches, source.closes]).toEqual([1, 1])
  })

  it('is not heard after the pool was closed, and leaves nothing on the clock', async () => {
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

  it('is one of its own for each pool', async () => {
    const source = byHand()
    const [one, other] = [made(source), made(source)]
    void one.pool.ready()
    void other.pool.ready()
    expect(source.watches).toBe(2)
  })
})

describe('ready()', () => {
  it('waits for the first answer, good or bad', async () => {
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

  it('can be given up by a signal, before and meanwhile', async () => {
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
  it('serves until there is an answer, which takes its place', async () => {
    const source = byHand({ initial: ['seed', { target: 'a', weight: 2 }] })
    const { pool, names, log } = made(source)
    expect(names()).toEqual(['seed', 'a'])
    expect(await pool.execute(target)).toBe('seed')
    source.sink.update([{ target: 'a', weight: 2 }, 'b'])

    expect(names()).toEqual(['a', 'b'])
    expect(log.of('membersChanged')).toMatchObject([{ added: ['b'], removed: ['seed'] }])
  })

  it('stays where the first answer is bad', async () => {
    const source = byHand({ initial: ['seed'] })
    const { pool, names } = made(source)
    await pool.execute(target)
    source.sink.failed(new Error('no'))
    source.sink.update([])

    expect(names()).toEqual(['seed'])
    expect(await pool.execute(target)).toBe('seed')
  })

  it('that is wrong is refused as the pool is made', () => {
    expect(() => made(byHand({ initial: [null] }))).toThrow('a member must have a target, got null')
    expect(() => made(byHand({ initial: [{ target: 'a', weight: -1 }] }))).toThrow(
      'failoverPool: member: weight must be a finite number >= 0, got -1',
    )
  })
})
