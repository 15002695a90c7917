import { failoverPool, ordered } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { picksOf, poolOf } from './pools.ts'

describe('ordered', () => {
  it('takes the first one of the lowest priority', async () => {
    expect(await picksOf(poolOf({ a: 1, b: 1 }, ordered), 3)).toBe('aaa')
    const pool = failoverPool(
      [
        { target: 'a', priority: 2 },
        { target: 'b', priority: 1 },
      ],
      { selection: ordered() },
    )
    expect(await pool.execute(({ target }) => target)).toBe('b')
  })
})
