import { availabilityTracker } from 'holdfast/availability'
import { type FailoverOptions, failoverPool, roundRobin } from 'holdfast/failover'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { checked } from './checked.ts'

const fail = ({ target }: { target: string }) => Promise.reject(new Error(target))

describe('active checks', () => {
  it('begin with the first call or with ready(), and the first result decides', async () => {
    const { clock, pool, down, asked, states, log } = checked()
    down.add('b')
    await clock.advance(5000)
    expect(asked).toEqual([])
    await pool.ready()

    expect(states()).toEqual(['up', 'ejected'])
    expect(pool.members[1]?.ejectedUntil).toBe(Number.POSITIVE_INFINITY)
    expect(log.of('state').map(({ member, from, to, reason }) => [member, from, to, reason])).toEqual([
      ['a', 'unknown', 'up', 'check'],
      ['b', 'unknown', 'ejected', 'check'],
    ])
    expect(log.of('eject')).toMatchObject([{ member: 'b', reason: 'check', since: 5000, ejections: 0 }])
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('eject a member after `fall` failures in a row, at the fast interval, and restore it after `rise` successes', async () => {
    const { clock, pool, down, asked, log, states } = checked({ rise: 2, fall: 3 })
    await pool.ready()
    down.add('a')
    await clock.advance(999)
    expect(asked.length).toBe(2)
    await clock.advance(1)
    expect(states()[0]).toBe('suspect')
    await clock.advance(200)
    expect(states()[0]).toBe('ejected')
    expect(log.of('eject')).toMatchObject([{ member: 'a', since: 1000, time: 1200, error: new Error('a is down') }])
    expect(await pool.execute(({ target }) => target)).toBe('b')
    down.clear()
    await clock.advance(100)
    expect(states()[0]).toBe('ejected')
    await clock.advance(100)
    expect(states()[0]).toBe('up')
    expect(log.of('restore')).toMatchObject([{ member: 'a', reason: 'check' }])
    // Up again, so asked at the slow interval.
    const before = asked.length
    await clock.advance(900)
    expect(asked.slice(before).filter(([name]) => name === 'a')).toEqual([])
    pool.close()
  })

  it('clear a suspicion by one good check', async () => {
    const { clock, pool, down, states } = checked()
    await pool.ready()
    down.add('a')
    await clock.advance(1000)
    down.clear()
    await clock.advance(100)
    expect(states()[0]).toBe('up')
    pool.close()
  })

  it.each([
    ['up', 'unknown', 1, 1],
    ['fullyUp', 'unknown', 3, 1],
    ['down', 'ejected', 1, 1],
    ['fullyDown', 'ejected', 1, 2],
  ] as const)('count the first checks as initial %s says', async (initial, before, toFall, toRise) => {
    const falls = checked({ initial, rise: 2, fall: 3 })
    falls.down.add('a')
    expect(falls.states()[0]).toBe(before)
    await falls.pool.ready()
    for (let i = 1; i < toFall; i++) {
      expect(falls.states()[0]).toBe('suspect')
      await falls.clock.advance(100)
    }
    expect(falls.states()[0]).toBe('ejected')
    falls.pool.close()

    const rises = checked({ initial, rise: 2, fall: 3 })
    await rises.pool.ready()
    for (let i = 1; i < toRise; i++) {
      expect(rises.states()[0]).toBe('ejected')
      await rises.clock.advance(100)
    }
    expect(rises.states()[0]).toBe('up')
    rises.pool.close()
  })

  it('restore members by themselves: no call is used as a probe', async () => {
    const { clock, pool, states } = checked(
      { every: '1h', fast: '1h' },
      {
        outlier: { consecutiveFailures: 1, ejectFor: 10 },
      },
    )
    await pool.ready()
    await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('a')) : target))
    await clock.advance(1000)
    expect(await pool.execute(({ target }) => target)).toBe('b')
    expect(states()[0]).toBe('ejected')
    pool.close()
  })

  it('do not end an ejection by calls early, so a failing member does not flap', async () => {
    const options: FailoverOptions<string> = { outlier: { consecutiveFailures: 3, ejectFor: 1600 } }
    const { clock, pool, log } = checked({ every: 100 }, options)
    await pool.ready()
    // The check is shallow: it always passes, while calls always fail.
    for (let i = 0; i < 320; i++) {
      await pool.execute((call) => (call.target === 'a' ? fail(call) : 'fine'))
      await clock.advance(10)
    }
    expect(log.of('eject').filter(({ member }) => member === 'a').length).toBeLessThanOrEqual(2)
    pool.close()
  })

  it('end it early if they do the same as calls', async () => {
    const { clock, pool, states } = checked(
      { every: 100, sameOperation: true },
      {
        outlier: { consecutiveFailures: 1, ejectFor: '1h' },
      },
    )
    await pool.ready()
    await pool.execute((call) => (call.target === 'a' ? fail(call) : 'fine'))
    expect(states()[0]).toBe('ejected')
    await clock.advance(400)
    expect(states()[0]).toBe('up')
    pool.close()
  })

  it('may eject all members: then health is ignored, or the call refused', async () => {
    const all = checked()
    all.down.add('a').add('b')
    await all.pool.ready()
    expect(await all.pool.execute(({ target }) => target)).toBe('a')
    all.pool.close()

    const strict = checked({}, { panic: 'fail' })
    strict.down.add('a').add('b')
    await strict.pool.ready()
    await expect(strict.pool.execute(() => 1)).rejects.toMatchObject({ code: 'HF_NO_MEMBER', retryAfter: undefined })
    strict.pool.close()
  })

  it('feed the tracker before any call does', async () => {
    const { clock, pool, down } = checked()
    const tracker = availabilityTracker({ clock })
    tracker.watch(pool, { component: 'api' })
    await pool.ready()
    await clock.advance(1000)
    down.add('a')
    await clock.advance(2000)
    const states = (name: string) => tracker.timeline(name).map(({ time, state }) => [time, state])
    expect(states('api/a')).toEqual([
      [0, 'up'],
      [2000, 'down'],
    ])
    expect(states('api/b')).toEqual([[0, 'up']])
    pool.close()
  })

  it('delay ready() until each member has been checked, or until an abort', async () => {
    const { clock, pool, hung } = checked({ timeout: 300 })
    hung.add('b')
    const abort = new AbortController()
    const waiting = pool.ready({ signal: abort.signal })
    let ready = false
    const long = pool.ready().then(() => {
      ready = true
    })
    await clock.advance(100)
    abort.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    await expect(pool.ready({ signal: abort.signal })).rejects.toBe('enough')
    expect(ready).toBe(false)
    await clock.advance(200)
    await long
    pool.close()
    await pool.ready()
  })

  it('emit no fault: one that throws has failed, and one that settles late is ignored', async () => {
    const clock = virtualClock()
    let resolve = (_: unknown): void => {}
    let turn = 0
    const pool = failoverPool(['a'], {
      clock,
      check: {
        every: 1000,
        timeout: 50,
        jitter: 0,
        fall: 10,
        initial: 'fullyUp',
        run: () => {
          if (++turn === 1) throw new Error('at once')
          if (turn === 2) return new Promise((done) => (resolve = done))
          return false
        },
      },
      selection: roundRobin(),
    })
    await pool.ready()
    expect(pool.members[0]?.state).toBe('suspect')
    await clock.advance(1000)
    resolve(true)
    await clock.advance(0)
    expect(pool.members[0]?.state).toBe('up')
    await clock.advance(1000)
    expect(pool.members[0]?.state).toBe('suspect')
    pool.close()
  })
})

describe('options of checks', () => {
  it.each([
    [{ run: 1 }, 'failoverPool: check: run must be a function, got 1'],
    [{ run: fail, rise: 0 }, 'failoverPool: check: rise must be an integer >= 1, got 0'],
    [{ run: fail, every: 0 }, 'failoverPool: check: every must be a duration > 0, got 0'],
    [
      { run: fail, initial: 'ajar' },
      "failoverPool: check: initial must be one of 'up', 'fullyUp', 'down', 'fullyDown', got",
    ],
    [{ run: fail, sameOperation: 1 }, 'failoverPool: check: sameOperation must be a boolean, got 1'],
    [{ run: fail, every2: 1 }, 'failoverPool: check: "every2" is not an option, did you mean every?'],
  ])('are checked: %j', (check, message) => {
    expect(() => failoverPool(['a'], { check: check as never })).toThrow(message)
  })
})
