import { failoverPool } from 'holdfast/failover'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

describe('a stale connection', () => {
  it.each([true, false])('is tried again on a new one, and told to who listens: %s', async (listens) => {
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
