import { adaptiveLimiter, pipeline } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { of } from '../adapters/prometheus/scrape.ts'
import { deferred, ended } from '../composition/deferred.ts'

it('exports the limit, what runs, what waits, the baseline and what was refused', async () => {
  const clock = virtualClock()
  const registry = new Registry()
  const limiter = adaptiveLimiter({ name: 'store', initial: 1, max: 1, queue: 1, window: { every: 10, samples: 1 } })
  const stock = pipeline({ name: 'stock', clock }, limiter)
  holdfastMetrics({ registry, policies: [stock] })
  const label = 'pipeline=stock,policy=store'
  expect(await of(registry, 'adaptive_limiter_baseline_seconds')).toEqual({})
  for (let i = 0; i < 2; i++) await stock.execute(() => clock.advance(20))
  expect(await of(registry, 'adaptive_limiter_baseline_seconds')).toEqual({ [label]: 0.02 })

  const gate = deferred()
  const calls = [1, 2, 3].map(() => ended(stock.execute(() => gate.promise)))
  expect(await of(registry, 'adaptive_limiter_limit')).toEqual({ [label]: 1 })
  expect(await of(registry, 'adaptive_limiter_inflight')).toEqual({ [label]: 1 })
  expect(await of(registry, 'adaptive_limiter_queue_length')).toEqual({ [label]: 1 })
  expect(await of(registry, 'adaptive_limiter_rejections_total')).toMatchObject({ [`${label},reason=queue`]: 1 })
  gate.resolve(1)
  await Promise.all(calls)
})
