/** A hundred thousand keys give their memory back. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { circuitBreaker, keyed } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

describe('a hundred thousand keys', () => {
  it('are evicted by later calls, and leave nothing behind', { timeout: 60_000 }, async () => {
    const clock = virtualClock()
    const tenants = keyed(() => circuitBreaker(), { max: 100_000, idle: '1m', clock })
    const use = async (key: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await tenants.execute(async () => i, { key: `${key} ${i % 100_000}` })
    }
    await use('warm', 1000)
    await clock.advance('1m')
    await use('warm', 1000)
    const before = await heap()
    await use('tenant', 100_000)
    expect(tenants.size).toBeGreaterThan(99_000)
    await clock.advance('1m')
    for (let i = 0; i < 64 * 110; i++) await tenants.execute(async () => i, { key: 'another' })
    expect(tenants.size).toBe(1)
    expect(await heap()).toBeLessThan(before * 1.05)
  })
})
