import { failoverPool } from 'holdfast/failover'
import { timeout } from 'holdfast/timeout'
import { describe, expect, it, vi } from 'vitest'
import { onPoolChange, poolPolicy } from '../../src/reconcile/followed-pool.ts'

describe('a followed pool', () => {
  it('is a failover pool, and nothing else', () => {
    expect(poolPolicy('kind', failoverPool(['a'])).kind).toBe('failoverPool')
    for (const other of [timeout('1s'), {}, undefined]) {
      expect(() => poolPolicy('kind', other)).toThrow(/^kind: pool must be a failover pool, got /)
    }
  })

  it('reports each change of its members until it is no longer followed', async () => {
    const pool = failoverPool(['a', 'b'])
    const changed = vi.fn()
    const unfollow = onPoolChange(poolPolicy('kind', pool), changed)
    pool.add('c')
    await pool.drain('a')
    pool.update('a', { admin: 'ready' })
    expect(changed).toHaveBeenCalledTimes(3)

    unfollow()
    pool.add('d')
    expect(changed).toHaveBeenCalledTimes(3)
  })
})
