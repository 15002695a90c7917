import { failoverPool, type Selection } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

describe('a selection of your own', () => {
  it('is replaced by the first candidate and reported as a fault if it fails', async () => {
    const faults: string[] = []
    const throwing: Selection = {
      kind: 'mine',
      start: () => ({
        pick: () => {
          throw new Error('no idea')
        },
      }),
    }
    const foreign: Selection = {
      kind: 'mine',
      start: () => ({ pick: (candidates) => ({ ...(candidates[0] as (typeof candidates)[number]) }) }),
    }
    for (const selection of [throwing, foreign]) {
      const pool = failoverPool(['a', 'b'], { selection }).on('fault', ({ source }) => faults.push(source))
      expect(await pool.execute(({ target }) => target)).toBe('a')
    }

    expect(faults).toEqual(['selection', 'selection'])
  })

  it('that sees all and fails is replaced by the first healthy candidate', async () => {
    const selection: Selection = {
      kind: 'mine',
      seesAll: true,
      start: () => ({
        pick: () => {
          throw new Error('no idea')
        },
      }),
    }
    const pool = failoverPool(['a', 'b'], {
      clock: virtualClock(),
      selection,
      outlier: { consecutiveFailures: 1 },
    }).on('fault', () => {})
    const tried: string[] = []
    const call = () =>
      pool.execute(async ({ target }) => {
        tried.push(target)
        if (target === 'a') throw new Error('a is down')
      })
    await call()
    await call()

    expect(tried).toEqual(['a', 'b', 'b'])
  })

  it('breaks no call if its `settled` throws', async () => {
    const clock = virtualClock()
    const told: unknown[] = []
    const selection: Selection = {
      kind: 'mine',
      start: () => ({
        pick: (candidates) => candidates[0] as (typeof candidates)[number],
        settled: ({ name }, ok) => {
          told.push([name, ok])
          throw new Error('lost count')
        },
      }),
    }
    const pool = failoverPool(['a', 'b'], { clock, selection, outlier: { consecutiveFailures: 1 } })
    const log = recorder(pool)
    expect(await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))).toBe('b')

    expect(told).toEqual([
      ['a', false],
      ['b', true],
    ])
    expect(log.of('fault')).toMatchObject([
      { source: 'selection', error: new Error('lost count') },
      { source: 'selection', error: new Error('lost count') },
    ])
    // What the pool itself makes of a try goes on.
    expect(pool.members).toMatchObject([
      { state: 'ejected', pending: 0 },
      { state: 'up', pending: 0 },
    ])
  })
})
