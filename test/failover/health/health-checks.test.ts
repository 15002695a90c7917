import { type FailoverPool, failoverPool } from 'holdfast/failover'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { checked } from './checked.ts'

describe('checks', () => {
  it('fail when they take too long, and leave four hanging at most', async () => {
    const { clock, pool, hung, asked, states } = checked({ fall: 3 })
    await pool.ready()
    hung.add('a')
    await clock.advance(1050)
    expect(states()[0]).toBe('suspect')
    await clock.advance(5000)
    expect(states()[0]).toBe('ejected')
    expect(asked.filter(([name]) => name === 'a').map(([, at]) => at)).toEqual([0, 1000, 1100, 1200, 1300])
    hung.clear()
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it.each([1, 3, 10])('continue although %i of their promises never settle', async (lost) => {
    const clock = virtualClock()
    let asked = 0
    const run = () => (++asked <= lost ? new Promise(() => {}) : true)
    const pool = failoverPool(['a'], { clock, check: { run, every: '5s', fast: '1s', timeout: '1s', jitter: 0 } })
    await clock.settle(pool.ready())
    await clock.advance(lost < 4 ? '10s' : '3h')

    expect(asked).toBeGreaterThan(lost)
    expect(pool.members[0]).toMatchObject({ state: 'up' })
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('begin rarely, and keep failing, while four or more hang', async () => {
    const { clock, pool, hung, asked, states } = checked({ fall: 3 })
    hung.add('b')
    void pool.ready()
    await clock.advance('1h')

    expect(states()[1]).toBe('ejected')
    expect(asked.filter(([name]) => name === 'b')).toHaveLength(4 + 5)
    pool.close()
  })

  it('eject a member that hangs within timeout times fall', async () => {
    const { clock, pool, hung, log } = checked({ fall: 3, timeout: 100, fast: 100 })
    await pool.ready()
    hung.add('a')
    await clock.advance(1301)
    expect(log.of('eject')[0]?.time).toBeLessThanOrEqual(1300)
    pool.close()
  })

  it('fail with a Response that is not ok', async () => {
    const answer = { status: 503 }
    const run = () => new Response(null, answer)
    const { clock, pool, states, log } = checked({ run, fall: 2, rise: 1 })
    await pool.ready()
    await clock.advance(1000)
    expect(states()).toEqual(['ejected', 'ejected'])
    expect(log.of('eject')[0]?.error).toMatchObject({ message: 'the check was answered with 503' })
    answer.status = 200
    await clock.advance(1000)

    expect(states()).toEqual(['up', 'up'])
    pool.close()
  })

  it('run at most `atOnce` at the same time, and the others in turn', async () => {
    const clock = virtualClock()
    let running = 0
    let most = 0
    const ends: (() => void)[] = []
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`)
    const pool = failoverPool(names, {
      clock,
      check: {
        atOnce: 4,
        timeout: 500,
        run: () => {
          most = Math.max(most, ++running)
          return new Promise<void>((resolve) =>
            ends.push(() => {
              running--
              resolve()
            }),
          )
        },
      },
    })
    const ready = pool.ready()
    pool.remove('m29')
    for (let i = 0; i < 40; i++) {
      ends.shift()?.()
      await clock.advance(1)
    }
    await ready

    expect(most).toBe(4)
    expect(pool.members.every(({ state }) => state === 'up')).toBe(true)
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('pass the slot of a check that hangs or was removed to the next one', async () => {
    const { clock, pool, hung, asked } = checked({ atOnce: 1 })
    hung.add('a')
    void pool.ready()
    await clock.advance(50)
    expect(asked.map(([name]) => name)).toEqual(['a', 'b'])
    pool.close()

    const other = checked({ atOnce: 1 })
    other.hung.add('a')
    void other.pool.ready()
    await other.clock.advance(1)
    other.pool.remove('a')
    await other.clock.advance(1)
    expect(other.asked.map(([name]) => name)).toEqual(['a', 'b'])
    other.pool.close()
    expect(other.clock.pending).toBe(0)
  })

  it('are spread by jitter in both directions', async () => {
    const at = async (random: number): Promise<number> => {
      const { clock, pool, asked } = checked({ jitter: 0.2 }, { random: () => random })
      await pool.ready()
      await clock.advance(2000)
      pool.close()
      return (asked[2] as [string, number])[1]
    }
    expect(await at(0)).toBe(800)
    expect(await at(0.5)).toBe(1000)
    expect(await at(0.9999)).toBeCloseTo(1200, 0)
  })

  it('begin for members that join later, and end for removed ones', async () => {
    const { clock, pool, asked } = checked()
    await pool.ready()
    pool.add('c')
    await clock.advance(0)
    expect(asked.at(-1)?.[0]).toBe('c')
    pool.remove('c')
    const before = asked.length
    await clock.advance(1500)
    expect(asked.slice(before).map(([name]) => name)).toEqual(['a', 'b'])
    pool.close()
  })

  it('skip a member in maintenance, when they begin and when it is removed', async () => {
    const { clock, pool, asked } = checked()
    pool.update('a', { admin: 'maintenance' })
    await pool.ready()
    await clock.advance(1500)
    pool.remove('a')
    await clock.advance(1000)

    expect(asked).toEqual([
      ['b', 0],
      ['b', 1000],
      ['b', 2000],
    ])
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('end for a member that a listener to their result removes', async () => {
    const { clock, pool, down, asked } = checked()
    down.add('a')
    pool.on('eject', ({ member }) => pool.remove(member))
    await pool.ready()
    await clock.advance(2500)

    expect(asked.map(([name]) => name)).toEqual(['a', 'b', 'b', 'b'])
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('continue one at a time for a member that a listener puts into maintenance and back', async () => {
    const { clock, pool, down, asked } = checked()
    down.add('a')
    pool.on('eject', ({ member }) => {
      down.clear()
      pool.update(member, { admin: 'maintenance' })
      pool.update(member, { admin: 'ready' })
    })
    await pool.ready()
    await clock.advance(2500)

    expect(asked.filter(([name]) => name === 'a').map(([, at]) => at)).toEqual([0, 0, 1000, 2000])
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('never begin for a member that a listener removes when it joins', async () => {
    const { clock, pool, asked, log } = checked({}, { slowStart: '1s' })
    await pool.ready()
    pool.on('state', ({ member, reason }) => reason === 'joined' && pool.remove(member))
    pool.add('c')
    await clock.advance(2500)
    await pool.execute(({ target }) => target)

    expect(asked.map(([name]) => name)).not.toContain('c')
    expect(log.of('state').filter(({ member }) => member === 'c')).toHaveLength(1)
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('continue for a member that a listener makes ready again at once', async () => {
    const { clock, pool, asked } = checked()
    await pool.ready()
    pool.on('admin', ({ member, to }) => to === 'maintenance' && pool.update(member, { admin: 'ready' }))
    pool.update('a', { admin: 'maintenance' })
    await clock.advance(1500)

    expect(asked.filter(([name]) => name === 'a').map(([, at]) => at)).toEqual([0, 0, 1000])
    pool.close()
  })
})

describe('a first check', () => {
  /** A pool of a, b and c; `then` runs inside the check of a, before those of the others have begun. */
  function begun(then: (pool: FailoverPool<string>) => void) {
    const clock = virtualClock()
    const asked: string[] = []
    const pool: FailoverPool<string> = failoverPool(['a', 'b', 'c'], {
      clock,
      check: {
        every: 1000,
        jitter: 0,
        run: ({ target }) => {
          asked.push(target)
          if (asked.length === 1) then(pool)
        },
      },
    })
    void pool.ready()
    return { clock, pool, asked }
  }

  it('may remove another member, which is then not checked', async () => {
    const { clock, pool, asked } = begun((pool) => pool.remove('b'))
    await clock.advance(1500)

    expect(asked).toEqual(['a', 'c', 'a', 'c'])
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('may close the pool, and no other member is checked then', async () => {
    const { clock, asked } = begun((pool) => pool.close())
    await clock.advance(1500)

    expect(asked).toEqual(['a'])
    expect(clock.pending).toBe(0)
  })

  it('may start the check of another member, which then runs once', async () => {
    const { clock, pool, asked } = begun((pool) => {
      pool.update('b', { admin: 'maintenance' })
      pool.update('b', { admin: 'ready' })
    })
    await clock.advance(1500)

    expect(asked.slice(0, 3)).toEqual(['a', 'b', 'c'])
    expect(asked.slice(3).sort()).toEqual(['a', 'b', 'c'])
    pool.close()
    expect(clock.pending).toBe(0)
  })
})

describe('a closed pool', () => {
  it('checks no member that joins it or comes out of maintenance', async () => {
    const { clock, pool, asked } = checked()
    await pool.ready()
    pool.update('a', { admin: 'maintenance' })
    pool.close()
    pool.add('c')
    pool.update('a', { admin: 'ready' })
    await clock.advance(1500)

    expect(asked.map(([name]) => name)).toEqual(['a', 'b'])
    expect(clock.pending).toBe(0)
  })
})
