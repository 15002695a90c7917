/** A call over a pool ends, whatever is done to the pool while it runs. */
import { circuitBreaker, type Policy } from 'holdfast'
import { failoverPool, ordered, roundRobin, type Selection, sticky, subset, tiers, weighted } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const down = () => {
  throw new Error('down')
}

describe('a call while members come and go', () => {
  it('tries a name once, even if its member is removed and added again', async () => {
    const pool = failoverPool(['a', 'b'], { clock: virtualClock(), selection: ordered() })
    const { of } = recorder(pool)
    const error = await pool
      .execute(({ target }) => {
        pool.remove(target)
        pool.add(target)
        return down()
      })
      .catch((e: unknown) => e)

    expect(of('select').map(({ member }) => member)).toEqual(['a', 'b'])
    expect(error).toMatchObject({ code: 'HF_FAILOVER', members: ['a', 'b'] })
  })

  it('tries an ejected member once, even if it is added again under its name', async () => {
    const clock = virtualClock()
    const outlier = { consecutiveFailures: 1, ejectFor: '1s' } as const
    const pool = failoverPool(['a'], { clock, outlier, maxEjected: 1, panic: 'leastBad' })
    const tried: string[] = []
    const error = await pool
      .execute(({ target }) => {
        tried.push(target)
        queueMicrotask(() => {
          pool.remove(target)
          pool.add(target)
        })
        return Promise.reject(new Error('down'))
      })
      .catch((e: unknown) => e)

    expect(tried).toEqual(['a'])
    expect(error).toMatchObject({ message: 'down' })
  })

  it('asks the selection again if it picks such a member', async () => {
    const pool = failoverPool(['a', 'b', 'c'], { clock: virtualClock(), selection: twice })
    const { of } = recorder(pool)
    await pool
      .execute(({ target }) => {
        pool.remove(target)
        pool.add(target)
        return down()
      })
      .catch(() => {})

    expect(of('select').map(({ member }) => member)).toEqual(['a', 'b', 'c'])
    expect(of('fault')).toEqual([])
  })

  it('makes at most sixteen more tries than there were members when it began', async () => {
    const pool = failoverPool(['a', 'b'], { clock: virtualClock() })
    let calls = 0
    const error = await pool
      .execute(() => {
        pool.add(`another ${++calls}`)
        return down()
      })
      .catch((e: unknown) => e)

    expect(calls).toBe(18)
    expect(error).toMatchObject({ code: 'HF_FAILOVER', members: { length: 18 } })
  })

  it('emits no fault if its key sticks to a member that was tried', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { clock, random: () => 0, selection: sticky(roundRobin()) })
    const { of } = recorder(pool)
    await pool.execute(({ target }) => target, { key: 'x' })
    await pool
      .execute(
        ({ target }) => {
          if (target === 'b') return down()
          pool.remove(target)
          pool.add(target)
          return down()
        },
        { key: 'x' },
      )
      .catch(() => {})

    expect(of('select').map(({ member }) => member)).toEqual(['a', 'a', 'b'])
    expect(of('fault')).toEqual([])
  })

  it.each([
    [weighted(), 'fail', 18],
    [tiers(weighted()), 1, 20],
  ] as const)('passes over members that another call has ejected since', async (selection, panic, tries) => {
    const names = Array.from({ length: 20 }, (_, i) => `m${i}`)
    const outlier = { consecutiveFailures: 1 }
    const pool = failoverPool(names, { clock: virtualClock(), selection, panic, outlier, maxEjected: 1 })
    let fail = (_: Error): void => {}
    let tried = 0
    const slow = pool.execute(() => {
      if (++tried < 18) return down()
      if (tried > 18) return down()
      return new Promise<never>((_, reject) => (fail = reject))
    })
    await pool.execute(down).catch(() => {})
    fail(new Error('late'))

    await expect(slow).rejects.toMatchObject({ code: 'HF_FAILOVER' })
    expect(tried).toBe(tries)
  })

  it('passes over more than sixteen that refuse, even if it may run only once', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `m${i}`)
    const guard = ({ name }: { name: string }) => {
      const breaker = circuitBreaker({ name })
      if (name !== 'm19') breaker.isolate()
      return breaker as unknown as Policy
    }
    const pool = failoverPool(names, { clock: virtualClock(), selection: ordered(), guard })

    expect(await pool.execute(({ target }) => target, { idempotent: false })).toBe('m19')
  })

  it('tries a member that joins while the call is under way', async () => {
    const pool = failoverPool(['a'], { clock: virtualClock() })

    const answer = pool.execute(({ target }) => {
      if (target === 'b') return target
      pool.add('b')
      return down()
    })

    expect(await answer).toBe('b')
  })

  it('passes over members that were removed, drained or ejected since', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `m${i}`)
    const pool = failoverPool(names, { clock: virtualClock(), selection: ordered() })
    const { of } = recorder(pool)
    await pool
      .execute(({ target }) => {
        if (target === 'm20') {
          pool.remove('m21')
          pool.update('m22', { admin: 'drain' })
          pool.update('m23', { weight: 0 })
        }
        return down()
      })
      .catch(() => {})

    const skipped = new Set(['m21', 'm22', 'm23'])
    expect(of('select').map(({ member }) => member)).toEqual(names.filter((name) => !skipped.has(name)))
  })
})

/** Gives the candidates one after the other, whoever was tried. */
const twice: Selection = {
  kind: 'twice',
  start: () => ({
    pick: (candidates) => candidates.reduce((a, b) => (b.name < a.name ? b : a)),
    next: (candidates, _call, _now, tried) => candidates.find((each) => !tried.includes(each)),
  }),
}

describe('the order of the remaining members after many tries', () => {
  const members = Array.from({ length: 40 }, (_, i) => ({ target: `m${i}`, priority: -(i % 3) }))

  async function triedBy(selection: Selection): Promise<{ tried: string[]; faults: number }> {
    const pool = failoverPool(members, { clock: virtualClock(), random: () => 0, selection })
    const { of } = recorder(pool)
    await pool.execute(down).catch(() => {})
    return { tried: of('select').map(({ member }) => String(member)), faults: of('fault').length }
  }

  const byPriority = members.toSorted((a, b) => a.priority - b.priority).map(({ target }) => target)

  it('follows priorities with ordered', async () => {
    expect((await triedBy(ordered())).tried).toEqual(byPriority)
  })

  it('follows tiers, and within them the inner selection', async () => {
    expect((await triedBy(tiers(ordered()))).tried).toEqual(byPriority)
    const levels = (await triedBy(tiers(weighted()))).tried.map((name) => Number(name.slice(1)) % 3)
    expect(levels).toEqual(levels.toSorted((a, b) => b - a))
  })

  it('begins with the rest of the subset', async () => {
    const { tried } = await triedBy(subset(ordered(), { size: 20, client: 0 }))
    const own = new Set(tried.slice(0, 16))
    const also = tried.slice(16, 20)
    const again = (await triedBy(subset(weighted(), { size: 20, client: 0 }))).tried

    expect(new Set(tried).size).toBe(40)
    expect(new Set(again.slice(0, 20))).toEqual(new Set([...own, ...also]))
  })

  it('continues after the last one tried if the selection has no order', async () => {
    const { tried } = await triedBy(weighted())
    const last = Number(tried[15]?.slice(1))

    expect(new Set(tried).size).toBe(40)
    expect(Number(tried[16]?.slice(1))).toBe(last + 1)
  })

  it('is that of adding, with a fault, if the selection throws or returns anything else', async () => {
    const broken = (order: () => never): Selection => ({
      kind: 'broken',
      start: () => ({ pick: (candidates) => candidates[0] as never, order }),
    })
    const all = members.map(({ target }) => target)

    expect(await triedBy(broken(() => [] as never))).toEqual({ tried: all, faults: 1 })
    expect(await triedBy(broken(() => 5 as never))).toEqual({ tried: all, faults: 1 })
    expect(await triedBy(broken(down))).toEqual({ tried: all, faults: 1 })
  })
})
