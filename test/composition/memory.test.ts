/** A million calls leave nothing behind, and what nobody holds any more can be collected. */
import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { bulkhead, circuitBreaker, fallback, pipeline, policy, retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { ended } from './deferred.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect()
    await turn()
  }
  return process.memoryUsage().heapUsed
}

const activeTimers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

describe('a million calls through five policies', () => {
  it('do not grow heap, timers or the listeners of a long-lived signal', { timeout: 60_000 }, async () => {
    const few = bulkhead({ limit: 100, queue: 100 })
    const all = pipeline(
      timeout('30s'),
      retry({ retries: 1, backoff: 0 }),
      few,
      circuitBreaker({ slowCallAfter: '10s', failureRate: 1, minimumCalls: 1_000_000 }),
      timeout('10s'),
    )
    let calls = 0
    const operation = async (): Promise<number> => {
      if (++calls % 1000 === 0) throw new Error('now and then')
      return calls
    }
    const { signal } = new AbortController()
    const run = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 50) {
        const batch: Promise<unknown>[] = []
        for (let i = 0; i < 50; i++) batch.push(all.execute(operation, i % 10 === 0 ? { signal } : undefined))
        await Promise.all(batch)
      }
    }
    const timers = activeTimers()
    await run(50_000)
    const before = await heap()
    await run(1_000_000)
    const after = await heap()
    expect(after - before).toBeLessThan(2_000_000)
    expect(getEventListeners(signal, 'abort').length).toBe(0)
    expect([few.active, few.queued]).toEqual([0, 0])
    // One idle timer a duration, which holds no process.
    expect(activeTimers() - timers).toBeLessThanOrEqual(2)
  })

  it('that fail, time out or are abandoned do not grow them either', { timeout: 60_000 }, async () => {
    const clock = virtualClock()
    const all = pipeline(
      { clock },
      fallback({ value: null, when: () => false }),
      timeout(1000),
      retry({ retries: 1, backoff: 5 }),
      policy('mine', (call, next) => next(call.with({ key: 'k' }))),
      timeout(10),
    )
    const { signal } = new AbortController()
    const failing = () => Promise.reject(new Error('down'))
    const hanging = () => new Promise<never>(() => {})
    const run = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        const controller = new AbortController()
        const calls = [
          ...Array.from({ length: 20 }, () => ended(all.execute(failing, { signal }))),
          ...Array.from({ length: 20 }, () => ended(all.execute(hanging, { signal }))),
          ...Array.from({ length: 20 }, () => ended(all.execute(hanging, { signal: controller.signal }))),
        ]
        controller.abort()
        await clock.advance(40)
        await Promise.all(calls)
      }
    }
    await run(50)
    const before = await heap()
    await run(300)
    expect((await heap()) - before).toBeLessThan(1_000_000)
    expect(getEventListeners(signal, 'abort').length).toBe(0)
    expect(clock.pending).toBe(0)
  })
})

describe('an unused policy', () => {
  it('holds no timer and can be collected, with its pipeline and listeners', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const make = (): WeakRef<object>[] => {
      const policies = [
        timeout('1s'),
        retry(1),
        bulkhead({ limit: 1, queue: 1, maxWait: 5 }),
        circuitBreaker(),
        fallback({ value: 1 }),
      ]
      const all = pipeline('all', ...(policies as [ReturnType<typeof retry>]))
      all.on('retry', () => {}).on('call', () => {})
      return [...policies, all].map((made) => new WeakRef<object>(made))
    }
    const references = make()
    expect(set).not.toHaveBeenCalled()
    await heap()
    expect(references.map((reference) => reference.deref())).toEqual(references.map(() => undefined))
  })

  it('can be collected after its calls, also after one that hung and was abandoned', async () => {
    const make = async (): Promise<WeakRef<object>> => {
      const all = pipeline(timeout('1h'), retry(1), bulkhead({ limit: 1, queue: 1 }), circuitBreaker())
      await all.execute(() => 1)
      const controller = new AbortController()
      const left = ended(all.execute(() => new Promise(() => {}), { signal: controller.signal }))
      controller.abort()
      await left
      return new WeakRef<object>(all)
    }
    const reference = await make()
    await heap()
    expect(reference.deref()).toBe(undefined)
  })
})
