import {
  type AnyPolicy,
  type CallOptions,
  circuitBreaker,
  FailoverError,
  NoMemberError,
  pipeline,
  retry,
  timeout,
} from 'holdfast'
import { failoverPool, type MemberSource, ordered, roundRobin } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const down = (name: string) => new Error(`${name} is down`)

/** An operation under which the members named in `dead` fail. */
function serve(dead: ReadonlySet<string>) {
  return async ({ target }: { target: string }) => {
    if (dead.has(target)) throw down(target)
    return target
  }
}

function trio(options: Parameters<typeof failoverPool<string>>[1] = {}) {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b', 'c'], { clock, random: () => 0, ...options })
  return { clock, pool, log: recorder(pool) }
}

describe('failoverPool', () => {
  it('gives the operation its member and target, and names members by their targets', async () => {
    const pool = failoverPool([new URL('http://localhost:1/'), { target: 5 }, { target: { port: 3 }, name: 'x' }], {
      selection: ordered(),
    })

    expect(pool.members.map(({ name }) => name)).toEqual(['http://localhost:1/', 'member-2', 'x'])
    expect(await pool.execute(({ member, target }) => [member, String(target)])).toEqual([
      'http://localhost:1/',
      'http://localhost:1/',
    ])
  })

  it('moves on to members not yet tried and returns the first good value', async () => {
    const { pool, log } = trio()

    expect(await pool.execute(serve(new Set(['a', 'b'])))).toBe('c')

    expect(log.of('select').map(({ member }) => member)).toEqual(['a', 'b', 'c'])
    expect(log.of('failover').map(({ from, to }) => [from, to])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect(log.of('call')[0]).toMatchObject({ ok: true, first: false, attempts: 3, savedBy: 'failoverPool' })
  })

  it('throws one error for each member tried, or the only one itself', async () => {
    const { pool, log } = trio()
    const error = await pool.execute(serve(new Set(['a', 'b', 'c']))).catch((e: unknown) => e)

    expect(error).toBeInstanceOf(FailoverError)
    expect(error).toMatchObject({ code: 'HF_FAILOVER', members: ['a', 'b', 'c'], policy: 'failoverPool' })
    expect((error as FailoverError).errors.map(String)).toEqual(['a', 'b', 'c'].map((name) => String(down(name))))
    expect(log.of('exhausted')).toMatchObject([{ tried: ['a', 'b', 'c'], error }])

    const single = failoverPool(['a'])
    const own = down('a')
    await expect(single.execute(() => Promise.reject(own))).rejects.toBe(own)
  })

  it('returns the last value if `when` judges every value a failure', async () => {
    const { pool, log } = trio({ when: (outcome) => !outcome.ok || outcome.value === 500 })

    expect(await pool.execute(() => 500)).toBe(500)
    expect(log.of('call')[0]).toMatchObject({ ok: false, attempts: 3 })
  })

  it('tries at most `attempts` members', async () => {
    const { pool } = trio({ attempts: 2 })
    let calls = 0
    const error = await pool.execute(() => Promise.reject(++calls)).catch((e: unknown) => e)

    expect((error as FailoverError).errors).toEqual([1, 2])
  })

  it('never runs a call twice that is not idempotent, but moves on after a refusal', async () => {
    const { pool } = trio({ guard: ({ name }) => circuitBreaker({ name: `guard-${name}`, consecutiveFailures: 1 }) })
    const options: CallOptions = { idempotent: false }
    let calls = 0
    const fail = () => Promise.reject(down(String(++calls)))

    await expect(pool.execute(fail, options)).rejects.toThrow('1 is down')
    await expect(pool.execute(fail, options)).rejects.toThrow('2 is down')
    await expect(pool.execute(fail, options)).rejects.toThrow('3 is down')
    // All guards are open now: each refuses, and nothing runs.
    await expect(pool.execute(fail, options)).rejects.toBeInstanceOf(NoMemberError)
    expect(calls).toBe(3)
  })

  it('starts no further try after the deadline', async () => {
    const { pool, clock } = trio()
    const slow = pool.execute(
      async ({ target }) => {
        await clock.advance(60)
        throw down(target)
      },
      { deadline: 50 },
    )

    await expect(slow).rejects.toThrow('a is down')
  })

  it('passes a verdict of success or ignored through, and counts neither', async () => {
    const { pool } = trio({
      when: (o) => (o.ok ? false : o.error === 404 ? false : 'ignore'),
      outlier: { consecutiveFailures: 1 },
    })

    await expect(pool.execute(() => Promise.reject(404))).rejects.toBe(404)
    await expect(pool.execute(() => Promise.reject(400))).rejects.toBe(400)
    expect(pool.members.map(({ state }) => state)).toEqual(['up', 'unknown', 'unknown'])
  })

  it('refuses with NoMemberError when it is empty or closed', async () => {
    const empty = failoverPool<string>([])
    await expect(empty.execute(() => 1)).rejects.toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: undefined })

    const { pool } = trio()
    pool.close()
    await expect(pool.execute(() => 1)).rejects.toBeInstanceOf(NoMemberError)
  })
})

describe('ejection', () => {
  const outlier = { consecutiveFailures: 2, ejectFor: '1s' } as const

  it('ejects after failures in a row, reports since when, and sends no calls until the ejection is over', async () => {
    const { pool, clock, log } = trio({ outlier, selection: ordered() })
    const dead = new Set(['a'])
    await pool.execute(serve(dead))
    await clock.advance(10)
    await pool.execute(serve(dead))

    expect(log.of('eject')).toMatchObject([{ member: 'a', since: 0, until: 1010, ejections: 1 }])
    await clock.advance(999)
    await pool.execute(serve(dead))
    expect(log.of('select').map(({ member }) => member)).toEqual(['a', 'b', 'a', 'b', 'b'])
    expect(pool.members[0]).toMatchObject({ state: 'ejected', ejectedUntil: 1010 })
  })

  it('restores by a single call: one probe at a time, whatever the selection picks', async () => {
    const { pool, clock, log } = trio({ outlier: { ...outlier, consecutiveFailures: 1 }, selection: ordered() })
    await pool.execute(serve(new Set(['a'])))
    await clock.advance(1000)
    let release = (): void => {}
    const probe = pool.execute(({ target }) => new Promise<string>((resolve) => (release = () => resolve(target))))
    const others = await Promise.all(Array.from({ length: 100 }, () => pool.execute(({ target }) => target)))

    expect(new Set(others)).toEqual(new Set(['b']))
    expect(pool.members[0]?.state).toBe('probing')
    release()
    expect(await probe).toBe('a')
    expect(log.of('restore')).toMatchObject([{ member: 'a' }])
    expect(pool.members[0]).toMatchObject({ state: 'up', ejectedUntil: undefined })
  })

  it('ejects for longer each time a probe fails, and starts over after a lasting recovery', async () => {
    const ejectFor = {
      kind: 'linear',
      options: {},
      delay: ({ attempt }: { attempt: number }) => attempt * 1000,
    } as const
    const { pool, clock, log } = trio({ outlier: { consecutiveFailures: 1, ejectFor }, selection: ordered() })
    const dead = new Set(['a'])
    await pool.execute(serve(dead))
    await clock.advance(1000)
    await pool.execute(serve(dead))
    await clock.advance(2000)
    await pool.execute(serve(new Set()))
    await clock.advance(2500)
    await pool.execute(serve(dead))

    expect(log.of('eject').map(({ ejections, until }) => [ejections, until])).toEqual([
      [1, 1000],
      [2, 3000],
      [1, 6500],
    ])
    await clock.advance(1000)
    await pool.execute(serve(new Set()))
    await pool.execute(serve(dead))
    expect(log.of('eject').at(-1)).toMatchObject({ ejections: 2 })
  })

  it('releases the probe when its caller aborts or a guard refuses', async () => {
    const { pool, clock } = trio({ outlier: { ...outlier, consecutiveFailures: 1 }, selection: ordered() })
    await pool.execute(serve(new Set(['a'])))
    await clock.advance(1000)
    const abort = new AbortController()
    const probe = pool.execute(() => new Promise(() => {}), { signal: abort.signal })
    abort.abort('enough')

    await expect(probe).rejects.toBe('enough')
    expect(pool.members[0]).toMatchObject({ state: 'ejected', pending: 0 })
    expect(await pool.execute(serve(new Set()))).toBe('a')
    expect(pool.members[0]?.state).toBe('up')
  })

  it('lets a hanging probe lapse, and ignores its late result', async () => {
    const { pool, clock } = trio({ outlier: { ...outlier, consecutiveFailures: 1 }, selection: ordered() })
    await pool.execute(serve(new Set(['a'])))
    await clock.advance(1000)
    let fail = (_: Error): void => {}
    let invoked = 0
    const hung = pool.execute(({ target }) =>
      ++invoked === 1 ? new Promise<string>((_, reject) => (fail = reject)) : target,
    )
    await clock.advance(1000)
    expect(await pool.execute(serve(new Set()))).toBe('a')

    fail(down('late'))
    expect(await hung).toBe('b')
    expect(pool.members[0]?.state).toBe('up')
  })

  it('counts a late failure only in the generation its try began in', async () => {
    const { pool, log } = trio({ outlier: { ...outlier, consecutiveFailures: 1 }, selection: ordered(), attempts: 1 })
    const late: ((error: Error) => void)[] = []
    const hanging = [1, 2, 3].map(() => pool.execute(() => new Promise((_, reject) => late.push(reject))))
    for (const reject of late) reject(down('a'))
    await Promise.allSettled(hanging)

    expect(log.of('eject')).toHaveLength(1)
  })

  it('counts our own timeout against a member that hangs', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { outlier: { consecutiveFailures: 1 }, selection: ordered() })
    const guarded = pipeline({ clock }, timeout(50), pool)
    const hung = guarded.execute(() => new Promise(() => {}))

    await expect(clock.settle(hung)).rejects.toMatchObject({ code: 'HF_TIMEOUT' })
    expect(pool.members[0]).toMatchObject({ state: 'ejected', pending: 0 })
    expect(clock.pending).toBe(0)
  })

  it('never ejects more than maxEjected, counted after the ejection', async () => {
    const dead = new Set(['a', 'b', 'c'])
    const ejected = async (maxEjected: number) => {
      const { pool } = trio({ outlier: { consecutiveFailures: 1 }, maxEjected })
      await pool.execute(serve(dead)).catch(() => {})
      return pool.members.filter(({ state }) => state === 'ejected').length
    }

    expect(await ejected(0.67)).toBe(2)
    expect(await ejected(0.5)).toBe(1)
    expect(await ejected(0.3)).toBe(0)
    expect(await ejected(1)).toBe(3)
  })

  it('ignores health below the panic share, and otherwise gives a retryAfter', async () => {
    const dead = new Set(['a', 'b', 'c'])
    const strict = trio({ outlier: { consecutiveFailures: 1, ejectFor: 1000 }, maxEjected: 1, panic: 0 })
    await strict.pool.execute(serve(dead)).catch(() => {})
    await strict.clock.advance(400)
    await expect(strict.pool.execute(serve(dead))).rejects.toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: 600 })

    const panicking = trio({ outlier: { consecutiveFailures: 1, ejectFor: 1000 }, maxEjected: 1 })
    await panicking.pool.execute(serve(dead)).catch(() => {})
    dead.delete('b')
    expect(await panicking.pool.execute(serve(dead))).toBe('b')
    expect(panicking.pool.members.map(({ state }) => state)).toEqual(['ejected', 'up', 'ejected'])
    await panicking.pool.execute(serve(new Set(['a', 'b', 'c']))).catch(() => {})
    expect(panicking.log.of('eject').filter(({ member }) => member === 'a')).toHaveLength(1)
  })

  it('can be turned off', async () => {
    const { pool } = trio({ outlier: false, maxEjected: 1 })
    for (let i = 0; i < 20; i++) await pool.execute(serve(new Set(['a', 'b', 'c']))).catch(() => {})

    expect(pool.members.every(({ state }) => state === 'unknown')).toBe(true)
  })

  it('falls back to its default time where ejectFor fails', async () => {
    const ejectFor = { kind: 'constant', options: {}, delay: () => Number.NaN } as const
    const { pool, log } = trio({ outlier: { consecutiveFailures: 1, ejectFor } })
    await pool.execute(serve(new Set(['a'])))

    expect(log.of('fault')).toMatchObject([{ source: 'ejectFor' }])
    expect(pool.members[0]?.ejectedUntil).toBeGreaterThanOrEqual(2500)
  })
})

describe('reading a pool', () => {
  const guard = () => circuitBreaker()
  const source = (): MemberSource<string> => ({ kind: 'mine', initial: ['a'], watch: () => ({ close: () => {} }) })
  const pools: Readonly<Record<string, () => AnyPolicy>> = {
    'a pool of members': () => failoverPool(['a', { target: 'b', weight: 0 }], { guard, slowStart: '1m' }),
    'a pool of a source with checks': () => failoverPool(source(), { guard, check: { run: () => true } }),
    'a closed pool of a source': () => {
      const pool = failoverPool(source())
      pool.close()
      return pool
    },
  }

  /** Reads each getter of a policy, and returns their names. A policy keeps the clock and the random source that two return. */
  function readAll(policy: object): readonly string[] {
    const names: string[] = []
    for (let proto = policy; proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object) {
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
        if (get === undefined || name === 'clock' || name === 'random') continue
        get.call(policy)
        names.push(name)
      }
    }
    return names
  }

  it.each(Object.keys(pools))('never fixes its clock, nor that of its guards: %s', (kind) => {
    const pool = pools[kind]?.() as AnyPolicy & { readonly guards: ReadonlyMap<string, object> }
    const names = readAll(pool)
    for (const [, made] of pool.guards) readAll(made)
    pipeline(pool).explain()

    expect(names).toEqual(expect.arrayContaining(['members', 'guards', 'knownClock', 'layers', 'parts', 'options']))
    expect(() => pipeline({ clock: virtualClock() }, pool)).not.toThrow()
  })

  it('gives statuses of members that are plain data', () => {
    const { members } = failoverPool(['a'])
    const fields = members.flatMap((member) => Object.values(Object.getOwnPropertyDescriptors(member)))

    expect(fields.filter(({ get }) => get !== undefined)).toEqual([])
    expect(members.every(Object.isFrozen)).toBe(true)
  })
})

describe('guards', () => {
  it('move on after a refusal without counting against the member', async () => {
    const { pool } = trio({
      guard: () => circuitBreaker({ consecutiveFailures: 1 }),
      outlier: { consecutiveFailures: 2 },
      selection: ordered(),
    })
    const dead = new Set(['a'])
    for (let i = 0; i < 5; i++) expect(await pool.execute(serve(dead))).toBe('b')

    // One failure, then refusals.
    expect(pool.members[0]?.state).toBe('suspect')
  })

  it('are made once for each member, and share the clock of the pool or of its pipeline', async () => {
    const made: string[] = []
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      guard: ({ name }) => {
        made.push(name)
        return timeout(100)
      },
      selection: ordered(),
    })
    const around = pipeline({ clock }, pool)
    pool.add('c')
    const hung = around.execute(() => new Promise(() => {}))

    await expect(clock.settle(hung)).rejects.toBeInstanceOf(FailoverError)
    expect(made).toEqual(['a', 'b', 'c'])
    expect(clock.now()).toBe(300)
  })

  it('have their events relayed by the pool, and by its pipeline, with pool and member', async () => {
    const pool = failoverPool(['a'], { name: 'api', guard: () => circuitBreaker({ consecutiveFailures: 1 }) })
    const around = pipeline('outer', pool)
    const heard: unknown[] = []
    const listener = ({ policy, pool: of, member }: { policy: string; pool?: string; member?: string }) =>
      heard.push([policy, of, member])
    around.on('open', listener)
    pool.add('b')
    await around.execute(() => Promise.reject(down('x'))).catch(() => {})
    pool.remove('a')
    around.off('open', listener)
    await around.execute(() => Promise.reject(down('x'))).catch(() => {})

    expect(heard).toHaveLength(2)
    expect(heard).toContainEqual(['circuitBreaker', 'api', 'a'])
    expect(heard).toContainEqual(['circuitBreaker', 'api', 'b'])
  })

  it('contain the policies inside the pool', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { guard: () => timeout(1000), selection: ordered() })
    const around = pipeline({ clock }, retry({ retries: 1, backoff: 10 }), pool, timeout(50))
    let calls = 0
    const hung = around.execute(() => (++calls < 4 ? new Promise(() => {}) : 'done'))

    expect(await clock.settle(hung)).toBe('done')
    expect(clock.now()).toBe(160)
    expect(clock.pending).toBe(0)
  })
})

describe('abort', () => {
  it('ends the call between members, also from inside a listener, and leaves nothing behind', async () => {
    const { pool, log } = trio({ selection: ordered() })
    const abort = new AbortController()
    pool.on('failover', () => abort.abort('stop'))
    let calls = 0
    const call = pool.execute(
      async () => {
        calls++
        throw down('a')
      },
      { signal: abort.signal },
    )

    await expect(call).rejects.toBe('stop')
    expect(calls).toBe(1)
    expect(pool.members.every(({ pending }) => pending === 0)).toBe(true)
    expect(log.of('call')).toMatchObject([{ ignored: true, ok: false }])
  })

  it('from a listener to the next selection cancels the try before it runs', async () => {
    const { pool } = trio({ selection: ordered() })
    const abort = new AbortController()
    pool.on('select', ({ member }) => member === 'b' && abort.abort('stop'))
    const call = pool.execute(async ({ target }) => Promise.reject(down(target)), { signal: abort.signal })

    await expect(call).rejects.toBe('stop')
    expect(pool.members.map(({ pending }) => pending)).toEqual([0, 0, 0])
  })

  it('from a listener to `exhausted` takes precedence over the failure', async () => {
    const { pool } = trio({ attempts: 1 })
    const abort = new AbortController()
    pool.on('exhausted', () => abort.abort('stop'))

    await expect(pool.execute(async () => Promise.reject(1), { signal: abort.signal })).rejects.toBe('stop')
  })

  it('from a listener to the success of a try takes precedence over the value', async () => {
    const { pool } = trio({ selection: ordered() })
    const abort = new AbortController()
    pool.on('success', () => abort.abort('stop'))

    await expect(pool.execute(async () => 'value', { signal: abort.signal })).rejects.toBe('stop')
    expect(pool.members[0]?.pending).toBe(0)
  })

  it('is immediate while a member hangs, and does not count against it', async () => {
    const { pool } = trio({ selection: ordered(), outlier: { consecutiveFailures: 1 } })
    const abort = new AbortController()
    const reason = new Error('gone')
    const call = pool.execute(() => new Promise(() => {}), { signal: abort.signal })
    abort.abort(reason)

    await expect(call).rejects.toBe(reason)
    expect(pool.members[0]).toMatchObject({ state: 'unknown', pending: 0 })
  })
})

describe('membership', () => {
  it('changes while calls are in flight', async () => {
    const { pool, log } = trio({ selection: ordered() })
    let release = (): void => {}
    const inFlight = pool.execute(({ target }) => new Promise<string>((resolve) => (release = () => resolve(target))))
    pool.remove('a')
    pool.add({ target: 'd', weight: 2, zone: 'z', priority: -1 })

    expect(await pool.execute(({ target }) => target)).toBe('d')
    release()
    expect(await inFlight).toBe('a')
    expect(log.of('membersChanged')).toMatchObject([
      { added: [], removed: ['a'] },
      { added: ['d'], removed: [] },
    ])
    expect(pool.members.at(-1)).toMatchObject({ name: 'd', weight: 2, zone: 'z', priority: -1 })
  })

  it('drains: no new calls, resolved by the last try', async () => {
    const { pool } = trio({ selection: ordered() })
    const releases: (() => void)[] = []
    const calls = [1, 2].map(() => pool.execute(() => new Promise<void>((resolve) => releases.push(resolve))))
    let drained = false
    const draining = pool.drain('a').then(() => {
      drained = true
    })
    expect(await pool.execute(({ target }) => target)).toBe('b')
    releases[0]?.()
    await calls[0]
    expect(drained).toBe(false)
    releases[1]?.()
    await Promise.all([calls[1], draining])
    await pool.drain('a')

    expect(pool.members[0]).toMatchObject({ admin: 'drain', pending: 0 })
    pool.update('a', { admin: 'ready', weight: 3, zone: 'q', priority: 1 })
    expect(pool.members[0]).toMatchObject({ admin: 'ready', weight: 3, zone: 'q', priority: 1 })
  })

  it('has no member left while all are draining', async () => {
    const { pool } = trio()
    await Promise.all(['a', 'b', 'c'].map((name) => pool.drain(name)))

    await expect(pool.execute(() => 1)).rejects.toBeInstanceOf(NoMemberError)
  })

  it('does not eject removed or draining members', async () => {
    const { pool, log } = trio({ selection: ordered(), outlier: { consecutiveFailures: 1 }, attempts: 1 })
    const late: ((error: Error) => void)[] = []
    const hang = () => pool.execute(() => new Promise((_, reject) => late.push(reject)))
    const first = hang()
    pool.remove('a')
    const second = hang()
    void pool.drain('b')
    for (const reject of late) reject(down('x'))
    await Promise.allSettled([first, second])

    expect(log.of('eject')).toEqual([])
  })

  it('measures the latency of successful tries', async () => {
    const { pool, clock } = trio({ selection: ordered() })
    const timed = async (ms: number) =>
      pool.execute(async () => {
        await clock.advance(ms)
      })
    await timed(100)
    expect(pool.members[0]?.latency).toBe(100)
    await timed(50)
    expect(pool.members[0]?.latency).toBe(90)
  })

  it('refuses wrong changes and changes nothing', () => {
    const { pool } = trio()
    const wrong: [() => unknown, string][] = [
      [() => pool.add('a'), 'failoverPool: member name must be unique, got "a"'],
      [
        () => pool.add({ target: 'x', weight: -1 }),
        'failoverPool: member: weight must be a finite number >= 0, got -1',
      ],
      [() => pool.add({ target: 'x', weight: Number.NaN }), 'weight must be a finite number >= 0, got NaN'],
      [
        () => pool.add({ target: 'x', priority: Number.POSITIVE_INFINITY }),
        'priority must be a finite number, got Infinity',
      ],
      [() => pool.remove('x'), `failoverPool: name must be a member's, got "x"`],
      [() => pool.update('a', { weight: -1 }), 'failoverPool: update: weight must be a finite number >= 0, got -1'],
      [() => pool.update('a', { admin: 1 as never }), "admin must be one of 'ready', 'drain', 'maintenance', got 1"],
      [() => failoverPool('a' as never), 'failoverPool: members must be an array or a source, got "a"'],
      [
        () => failoverPool(['a'], { selection: {} as never }),
        'failoverPool: selection must be a selection, got an object',
      ],
      [() => failoverPool(['a'], { guard: (() => 1) as never }), 'failoverPool: guard must give a policy, got 1'],
      [
        () => failoverPool(['a'], { outlier: { ejectFor: -1 } }),
        'ejectFor must be a duration >= 0, a backoff or a function, got -1',
      ],
      [() => failoverPool(['a'], { attempts: 0 }), 'failoverPool: attempts must be an integer >= 1 or Infinity, got 0'],
      [
        () => failoverPool(['a'], { panic: 2 }),
        "failoverPool: panic must be a number from 0 to 1, 'leastBad' or 'fail', got 2",
      ],
    ]
    for (const [act, message] of wrong) expect(act).toThrow(message)

    expect(pool.members.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })
})

describe('a pool in a pool', () => {
  it('gives the operation the inner target', async () => {
    const outer = failoverPool(['eu', 'us'], { selection: ordered() })
    const inner = failoverPool([{ target: 1 }, { target: 2 }], { selection: ordered() })

    expect(await pipeline(outer, inner).execute(({ target, member }) => [target, member] as unknown)).toEqual([
      1,
      'member-1',
    ])
  })
})

describe('a pool without listeners', () => {
  it('ejects and restores all the same', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      clock,
      selection: ordered(),
      outlier: { consecutiveFailures: 1, ejectFor: 5 },
    })
    await pool.execute(serve(new Set(['a'])))
    expect(pool.members[0]?.state).toBe('ejected')
    await clock.advance(5)
    await pool.execute(serve(new Set()))

    expect(pool.members[0]?.state).toBe('up')
  })

  it('ignores a `when` that throws', async () => {
    const pool = failoverPool(['a', 'b'], {
      selection: ordered(),
      when: () => {
        throw new Error('no verdict')
      },
    })
    pool.on('fault', () => {})

    expect(await pool.execute(serve(new Set(['a'])))).toBe('b')
  })
})

describe('a pool under a retry', () => {
  it('is tried again after a rejection if `attempts` left out a member', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      guard: () => circuitBreaker({ consecutiveFailures: 1 }),
      selection: roundRobin(),
      attempts: 1,
      random: () => 0,
    })
    const around = pipeline({ clock }, retry({ retries: 1, backoff: 10 }), pool)
    await expect(around.execute(() => Promise.reject(down('a')), { idempotent: false })).rejects.toThrow('a is down')
    await pool.execute(() => 'b')
    const log = recorder(pool)

    // a refuses, and a retry finds b.
    expect(await clock.settle(around.execute(({ target }) => target))).toBe('b')
    expect(log.of('select').map(({ member }) => member)).toEqual(['a', 'b'])
  })

  it('lists its members in explain()', () => {
    const { text } = pipeline('p', failoverPool(['a', 'b'], { selection: ordered() })).explain()

    expect(text).toContain('selection "ordered"')
    expect(text).toContain('members a, b')
  })
})
